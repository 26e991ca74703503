//! Much memory that is looked at here and there.

use std::marker::PhantomData;

use memmap2::MmapMut;
use zerocopy::{FromBytes, IntoBytes, KnownLayout};

/// A number of things that are plain bytes, all of them zero at first.
///
/// To find where a page of memory lies takes the processor as long as to read it, if it does not know
/// any more. Of pages of 4 KiB it knows a few thousand, that is some 10 MB; so large tables ask for pages
/// of 2 MiB, where the system has such.
#[derive(Debug)]
pub struct Table<T> {
    memory: MmapMut,
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
        let memory = MmapMut::map_anon(length).expect("there is no more memory");
        // It is a wish; what the system says does not matter.
        #[cfg(target_os = "linux")]
        let _ = memory.advise(memmap2::Advice::HugePage);
        Self {
            memory,
            count,
            kind: PhantomData,
        }
    }

    /// The things.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        let bytes = &mut self.memory[..self.count * size_of::<T>()];
        <[T]>::mut_from_bytes(bytes).expect("pages are aligned, and hold whole things")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_keeps_what_is_put_there() {
        let mut table: Table<u64> = Table::new(3);
        assert_eq!(table.as_mut_slice(), [0; 3]);
        table.as_mut_slice()[2] = 7;
        assert_eq!(table.as_mut_slice(), [0, 0, 7]);
        assert!(Table::<u64>::new(0).as_mut_slice().is_empty());
    }
}
