//! State on its way into a snapshot, or out of one: each owner describes its own once, for both ways.

use heapless::VecView;

use crate::number::checksum;
use crate::time::Instant;

/// Takes an owner's state, field by field, or gives it: each method reads the field when a snapshot is made,
/// and sets it when one is restored, so that one description does for both.
///
/// ```
/// use client_lite::Archive;
///
/// struct Rule {
///     threshold: f64,
///     is_on: bool,
/// }
///
/// impl Rule {
///     fn archive(&mut self, archive: &mut Archive<'_>) {
///         archive.f64(&mut self.threshold);
///         archive.bool(&mut self.is_on);
///     }
/// }
/// ```
pub struct Archive<'a> {
    way: Way<'a>,
    /// When that is.
    now: Instant,
    /// Of what has gone through.
    checksum: u32,
    /// How many bytes have gone through.
    length: u32,
    is_sound: bool,
}

/// Which way.
enum Way<'a> {
    /// Only a checksum is wanted, and only of what does not change by itself.
    Compare,
    /// Only a checksum and the length are wanted, of all.
    Measure,
    /// Whether the bytes were taken.
    Save(&'a mut dyn FnMut(&[u8]) -> bool),
    Restore {
        /// Whether there were so many bytes.
        read: &'a mut dyn FnMut(&mut [u8]) -> bool,
        /// How long ago it was saved, in milliseconds.
        age: u64,
    },
}

impl<'a> Archive<'a> {
    /// For the checksum of what does not change by itself.
    pub(crate) fn compare() -> Self {
        Self::new(Way::Compare, Instant::default())
    }

    /// For the checksum and the length of all.
    pub(crate) fn measure(now: Instant) -> Self {
        Self::new(Way::Measure, now)
    }

    /// Hands all bytes to `write`, which says whether it has taken them.
    pub(crate) fn save(now: Instant, write: &'a mut dyn FnMut(&[u8]) -> bool) -> Self {
        Self::new(Way::Save(write), now)
    }

    /// Takes all bytes from `read`, which says whether there were so many. What was saved `age`
    /// milliseconds ago has deadlines that are nearer by as much.
    pub(crate) fn restore(
        now: Instant,
        age: u64,
        read: &'a mut dyn FnMut(&mut [u8]) -> bool,
    ) -> Self {
        Self::new(Way::Restore { read, age }, now)
    }

    fn new(way: Way<'a>, now: Instant) -> Self {
        Self {
            way,
            now,
            checksum: checksum::START,
            length: 0,
            is_sound: true,
        }
    }

    pub(crate) fn checksum(&self) -> u32 {
        self.checksum
    }

    pub(crate) fn length(&self) -> u32 {
        self.length
    }

    pub(crate) fn now(&self) -> Instant {
        self.now
    }

    /// Whether that counts as well which changes by itself, or with each message.
    pub(crate) fn is_whole(&self) -> bool {
        !matches!(self.way, Way::Compare)
    }

    /// A deadline, which comes nearer by itself; the end of time stays what it is.
    pub(crate) fn deadline(&mut self, deadline: &mut Instant) {
        if !self.is_whole() {
            return;
        }
        let mut left = match deadline.as_millis() {
            u64::MAX => u64::MAX,
            at => at.saturating_sub(self.now.as_millis()),
        };
        self.u64(&mut left);
        if let Way::Restore { age, .. } = &self.way {
            *deadline = match left {
                u64::MAX => Instant::from_millis(u64::MAX),
                left => self.now.after_millis(left.saturating_sub(*age)),
            };
        }
    }

    /// A point in the past, from which the present moves away by itself.
    #[cfg(feature = "historical-queue")]
    pub(crate) fn past(&mut self, point: &mut Instant) {
        if !self.is_whole() {
            return;
        }
        let mut since = self.now.as_millis().wrapping_sub(point.as_millis());
        self.u64(&mut since);
        if let Way::Restore { age, .. } = &self.way {
            // It may lie before the beginning of the time after the restart.
            let before = since.wrapping_add(*age);
            *point = Instant::from_millis(self.now.as_millis().wrapping_sub(before));
        }
    }

    /// A list, in place of what is in it where it is restored; `empty` is what an entry is before.
    pub(crate) fn list<T: Copy>(
        &mut self,
        list: &mut VecView<T>,
        empty: T,
        each: &mut dyn FnMut(&mut Self, &mut T),
    ) {
        self.list_of(list, empty, &|_| true, each);
    }

    /// Those entries of a list that are wanted.
    pub(crate) fn list_of<T: Copy>(
        &mut self,
        list: &mut VecView<T>,
        empty: T,
        is_wanted: &dyn Fn(&T) -> bool,
        each: &mut dyn FnMut(&mut Self, &mut T),
    ) {
        let wanted = list.iter().filter(|entry| is_wanted(entry));
        let mut count = wanted.count() as u16;
        self.u16(&mut count);
        if !self.is_restoring() {
            for entry in list.iter_mut().filter(|entry| is_wanted(entry)) {
                each(self, entry);
            }
            return;
        }
        list.clear();
        while self.is_sound && list.len() < count.into() {
            let mut entry = empty;
            each(self, &mut entry);
            if list.push(entry).is_err() {
                self.is_sound = false;
            }
        }
    }
}

/// What owners use.
impl Archive<'_> {
    /// Whether fields are set, and not read.
    pub fn is_restoring(&self) -> bool {
        matches!(self.way, Way::Restore { .. })
    }

    /// Whether all has gone through so far. Where it has not, fields that are restored mean nothing.
    pub fn is_sound(&self) -> bool {
        self.is_sound
    }

    /// What is restored cannot be the owner's.
    pub fn refuse(&mut self) {
        self.is_sound = false;
    }

    /// So many bytes as they are.
    #[inline(never)]
    pub fn bytes(&mut self, bytes: &mut [u8]) {
        if !self.is_sound {
            return;
        }
        self.is_sound = match &mut self.way {
            Way::Compare | Way::Measure => true,
            Way::Save(write) => write(bytes),
            Way::Restore { read, .. } => read(bytes),
        };
        self.checksum = checksum::extend(self.checksum, bytes);
        self.length = self.length.wrapping_add(bytes.len() as u32);
    }

    /// A number of one byte.
    pub fn u8(&mut self, number: &mut u8) {
        let mut bytes = [*number];
        self.bytes(&mut bytes);
        [*number] = bytes;
    }

    /// A number of two bytes.
    pub fn u16(&mut self, number: &mut u16) {
        let mut bytes = number.to_le_bytes();
        self.bytes(&mut bytes);
        *number = u16::from_le_bytes(bytes);
    }

    /// A number of four bytes.
    pub fn u32(&mut self, number: &mut u32) {
        let mut bytes = number.to_le_bytes();
        self.bytes(&mut bytes);
        *number = u32::from_le_bytes(bytes);
    }

    /// A number of eight bytes.
    pub fn u64(&mut self, number: &mut u64) {
        let mut bytes = number.to_le_bytes();
        self.bytes(&mut bytes);
        *number = u64::from_le_bytes(bytes);
    }

    /// A number in double precision.
    pub fn f64(&mut self, number: &mut f64) {
        let mut bits = number.to_bits();
        self.u64(&mut bits);
        *number = f64::from_bits(bits);
    }

    /// True or false.
    pub fn bool(&mut self, state: &mut bool) {
        let mut byte = u8::from(*state);
        self.u8(&mut byte);
        *state = byte != 0;
    }

    /// A value that may be absent; `absent` is what it is then before it is restored.
    pub fn option<T: Copy>(
        &mut self,
        option: &mut Option<T>,
        absent: T,
        each: fn(&mut Self, &mut T),
    ) {
        let mut is_there = option.is_some();
        self.bool(&mut is_there);
        let mut value = option.unwrap_or(absent);
        if is_there {
            each(self, &mut value);
        }
        *option = is_there.then_some(value);
    }
}
