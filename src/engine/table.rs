//! Much memory that is looked at here and there.

use std::marker::PhantomData;
use std::sync::{Mutex, PoisonError};

use memmap2::MmapMut;
use zerocopy::{FromBytes, IntoBytes, KnownLayout};

/// The memory of tables that have gone.
static SPARE: Mutex<Vec<MmapMut>> = Mutex::new(Vec::new());

/// A number of things that are plain bytes, whatever their values are at first.
///
/// To find where a page of memory lies takes the processor as long as to read it, if it does not know
/// any more. Of pages of 4 KiB it knows a few thousand, that is some 10 MB; so large tables ask for pages
/// of 2 MiB, where the system has such. To clear a page takes the system longer than to fill it; so the
/// memory of a table is kept for another, if that needs at least half of it.
#[derive(Debug)]
pub struct Table<T> {
    /// `None` once it is dropped.
    memory: Option<MmapMut>,
    count: usize,
    kind: PhantomData<T>,
}

impl<T: FromBytes + IntoBytes + KnownLayout> Table<T> {
    /// A table of so many.
    ///
    /// # Panics
    /// If there is no more memory.
    pub fn new(count: usize) -> Self {
        let length = (count * size_of::<T>()).max(1);
        let memory = spare(length).unwrap_or_else(|| fresh(length));
        Self {
            memory: Some(memory),
            count,
            kind: PhantomData,
        }
    }

    /// The things.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        let memory = self
            .memory
            .as_mut()
            .expect("it is there until it is dropped");
        let bytes = &mut memory[..self.count * size_of::<T>()];
        <[T]>::mut_from_bytes(bytes).expect("pages are aligned, and hold whole things")
    }
}

impl<T> Drop for Table<T> {
    fn drop(&mut self) {
        let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
        spare.extend(self.memory.take());
    }
}

/// So many bytes that another table has left, if there are. If none fit, what another has left is given
/// back to the system, so that there is never memory for more tables than were once in use.
fn spare(length: usize) -> Option<MmapMut> {
    let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
    let fitting = spare.iter().rposition(|spare| fits(spare.len(), length));
    let Some(place) = fitting else {
        spare.pop();
        return None;
    };
    Some(spare.swap_remove(place))
}

/// Whether so many bytes do for those needed, and most of them are.
fn fits(spare: usize, needed: usize) -> bool {
    (needed..=2 * needed).contains(&spare)
}

/// So many bytes that the system gives.
fn fresh(length: usize) -> MmapMut {
    let memory = MmapMut::map_anon(length).expect("there is no more memory");
    // It is a wish; what the system says does not matter.
    #[cfg(target_os = "linux")]
    let _ = memory.advise(memmap2::Advice::HugePage);
    memory
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps_what_is_put_there() {
        let mut table: Table<u64> = Table::new(3);
        table.as_mut_slice().copy_from_slice(&[5, 6, 7]);
        assert_eq!(table.as_mut_slice(), [5, 6, 7]);
        assert!(Table::<u64>::new(0).as_mut_slice().is_empty());
    }

    /// Goal: memory is used again, but not too little of it nor much too much. Method: sizes at
    /// the limits.
    #[test]
    fn memory_that_fits_is_used_again() {
        assert!(fits(100, 100) && fits(100, 50));
        assert!(!fits(100, 101), "less than it needs");
        assert!(!fits(100, 49), "much more than it needs");
    }
}
