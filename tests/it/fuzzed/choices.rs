//! Decisions from bytes: whoever supplies the bytes, a fuzzer or chance, decides.
//!
//! What it is not: a source of randomness. When the bytes have run out every decision is the first.

/// Bytes that are spent one by one.
pub(crate) struct Choices<'b> {
    bytes: &'b [u8],
}

impl<'b> Choices<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes }
    }

    fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.bytes.split_first() else {
            return 0;
        };
        self.bytes = rest;
        first
    }

    /// A number below `count`, which is at most 256.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::from(self.byte()) % count
    }

    /// A number from `least` to `most`.
    pub(crate) fn whole(&mut self, least: u32, most: u32) -> u32 {
        let wide = u32::from(self.byte()) << 8 | u32::from(self.byte());
        least + wide % (most - least + 1)
    }

    /// One of `all`.
    pub(crate) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// Yes once in so many times, and no without bytes.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }
}
