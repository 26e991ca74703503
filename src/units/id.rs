//! Positions that cannot be mixed up: the third region is not the third population.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

/// The position of a `K` in the list of all `K`s of a study.
#[derive(FromBytes, IntoBytes, KnownLayout, Immutable)]
#[repr(transparent)]
pub struct Id<K> {
    index: u16,
    kind: PhantomData<fn() -> K>,
}

impl<K> Id<K> {
    /// The first of its kind.
    pub const FIRST: Self = Self {
        index: 0,
        kind: PhantomData,
    };

    /// The id of the `index`th `K`, counted from 0.
    ///
    /// # Panics
    /// If there are more than 65 536, which no checked study has.
    pub fn new(index: usize) -> Self {
        Self {
            index: u16::try_from(index).expect("a study holds at most 65 536 of each kind"),
            kind: PhantomData,
        }
    }

    /// The position, counted from 0.
    pub fn index(self) -> usize {
        usize::from(self.index)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Id<K> {}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl<K> Eq for Id<K> {}

impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.index.cmp(&other.index)
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.index)
    }
}

/// One `T` for every `K`, in the order of their ids.
pub struct IdMap<K, T> {
    items: Vec<T>,
    kind: PhantomData<fn() -> K>,
}

impl<K, T> IdMap<K, T> {
    /// The items of a list, the first for the first id.
    pub fn new(items: Vec<T>) -> Self {
        Self {
            items,
            kind: PhantomData,
        }
    }

    /// One item for every id below `len`, made by `make`.
    pub fn from_fn(len: usize, make: impl FnMut(Id<K>) -> T) -> Self {
        (0..len).map(Id::new).map(make).collect()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = Id<K>> + ExactSizeIterator + use<K, T> {
        (0..self.items.len()).map(Id::new)
    }

    /// All items, in the order of their ids.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// All items, in the order of their ids, to be changed.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.items.iter_mut()
    }

    /// Ids with their items, in order.
    pub fn entries(&self) -> impl Iterator<Item = (Id<K>, &T)> {
        self.ids().zip(&self.items)
    }

    /// Another map, each item made from the one of the same id.
    pub fn map<U>(&self, make: impl FnMut(&T) -> U) -> IdMap<K, U> {
        self.items.iter().map(make).collect()
    }
}

impl<K, T> FromIterator<T> for IdMap<K, T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::new(items.into_iter().collect())
    }
}

impl<'a, K, T> IntoIterator for &'a IdMap<K, T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, K, T> IntoIterator for &'a mut IdMap<K, T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<K, T> Index<Id<K>> for IdMap<K, T> {
    type Output = T;

    fn index(&self, id: Id<K>) -> &T {
        &self.items[id.index()]
    }
}

impl<K, T> IndexMut<Id<K>> for IdMap<K, T> {
    fn index_mut(&mut self, id: Id<K>) -> &mut T {
        &mut self.items[id.index()]
    }
}

impl<K, T: Clone> Clone for IdMap<K, T> {
    fn clone(&self) -> Self {
        Self::new(self.items.clone())
    }
}

impl<K, T: fmt::Debug> fmt::Debug for IdMap<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(f)
    }
}

impl<K, T: PartialEq> PartialEq for IdMap<K, T> {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
    }
}
