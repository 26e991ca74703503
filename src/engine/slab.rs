//! Places for things that come and go, with keys that notice when their thing has gone.

/// Points to a thing in a [`Slab`]; outlives it safely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    index: u32,
    /// How often the place had been emptied when the key was made.
    generation: u32,
}

/// A growing set of things with stable keys; places are reused, keys are not.
#[derive(Clone, Debug)]
pub struct Slab<T> {
    places: Vec<Place<T>>,
    free: Vec<u32>,
}

#[derive(Clone, Debug)]
struct Place<T> {
    generation: u32,
    thing: Option<T>,
}

impl<T> Slab<T> {
    /// A slab with nothing in it.
    pub const fn new() -> Self {
        Self {
            places: Vec::new(),
            free: Vec::new(),
        }
    }

    /// How many things there are.
    pub fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts a thing in and returns its key.
    pub fn insert(&mut self, thing: T) -> Key {
        if let Some(index) = self.free.pop() {
            let place = &mut self.places[index as usize];
            place.thing = Some(thing);
            return Key {
                index,
                generation: place.generation,
            };
        }
        let index = u32::try_from(self.places.len()).expect("fewer than 2^32 things at once");
        self.places.push(Place {
            generation: 0,
            thing: Some(thing),
        });
        Key {
            index,
            generation: 0,
        }
    }

    /// The thing of a key, unless it has gone.
    pub fn get(&self, key: Key) -> Option<&T> {
        let place = &self.places[key.index as usize];
        (place.generation == key.generation).then_some(place.thing.as_ref())?
    }

    /// The thing of a key, to be changed, unless it has gone.
    pub fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        let place = &mut self.places[key.index as usize];
        (place.generation == key.generation).then_some(place.thing.as_mut())?
    }

    /// Whether the thing of a key is still there.
    pub fn contains(&self, key: Key) -> bool {
        self.places[key.index as usize].generation == key.generation
    }

    /// The keys of the things that `is_wanted`, in the order of their places: it looks at all.
    pub fn keys_of(&self, is_wanted: impl Fn(&T) -> bool) -> impl Iterator<Item = Key> {
        (0_u32..)
            .zip(&self.places)
            .filter_map(move |(index, place)| {
                let generation = place.generation;
                let is_it = place.thing.as_ref().is_some_and(&is_wanted);
                is_it.then_some(Key { index, generation })
            })
    }

    /// Takes a thing out; its keys point to nothing from now on.
    #[expect(
        clippy::inline_always,
        reason = "what nobody looks at need not be copied: 4 % of all instructions"
    )]
    #[inline(always)]
    pub fn remove(&mut self, key: Key) -> Option<T> {
        let place = &mut self.places[key.index as usize];
        if place.generation != key.generation {
            return None;
        }
        place.generation = place.generation.wrapping_add(1);
        self.free.push(key.index);
        place.thing.take()
    }
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_does_not_find_the_next_tenant() {
        let mut slab = Slab::new();
        let first = slab.insert('a');
        assert_eq!(slab.remove(first), Some('a'));
        let second = slab.insert('b');
        assert_eq!(slab.get(first), None);
        assert_eq!(slab.remove(first), None);
        assert_eq!(slab.get(second), Some(&'b'));
        assert_eq!(slab.len(), 1);
        assert!(slab.get_mut(first).is_none() && !slab.contains(first));
        *slab.get_mut(second).expect("it is there") = 'c';
        assert_eq!(slab.get(second), Some(&'c'));
        assert!(slab.contains(second));
    }

    #[test]
    fn it_counts_what_is_there() {
        let mut slab = Slab::new();
        assert!(slab.is_empty());
        let keys = ['a', 'b', 'c'].map(|thing| slab.insert(thing));
        assert_eq!((slab.len(), slab.is_empty()), (3, false));
        slab.remove(keys[1]);
        slab.remove(keys[0]);
        assert_eq!(slab.len(), 1);
        assert_eq!(slab.keys_of(|_| true).collect::<Vec<_>>(), [keys[2]]);
        assert_eq!(slab.keys_of(|&thing| thing == 'a').count(), 0);
    }
}
