//! LwM2M CBOR (LwM2M Core 1.2, 7.4.4): maps in maps, whose keys are ids or arrays of ids.

use crate::buffer::Buffer;
use crate::error::Refusal;
use crate::feature;
use crate::format::cbor_item::{
    ARRAY, Item, MAP, Reader, UNSIGNED, close, head, open, put_tagged_value,
};
use crate::format::{Content, Encoder, RawValue, Visit};
use crate::model::path::Path;
use crate::model::value::Value;

/// Writes a map with one key, the base path, and below it a map for each level.
pub(crate) struct Writer<'w, 'b> {
    buffer: &'w mut Buffer<'b>,
    base: Path,
    /// The path of the value before.
    last: Option<Path>,
    /// The maps that hold it, by the level of the ids that are their keys.
    maps: [Map; 4],
}

/// A map whose size is known only when it ends.
#[derive(Clone, Copy, Default)]
struct Map {
    start: usize,
    entries: usize,
}

impl<'w, 'b> Writer<'w, 'b> {
    pub(crate) fn new(buffer: &'w mut Buffer<'b>, base: Path) -> Self {
        Self {
            buffer,
            base,
            last: None,
            maps: Default::default(),
        }
    }

    pub(crate) fn finish(mut self) {
        match self.last {
            Some(last) => self.close(self.base.depth(), last),
            None => head(self.buffer, MAP, 0),
        }
    }

    /// Writes the keys of a path: the first in the last map that it shares with the path before.
    fn enter(&mut self, path: Path) {
        let mut level = self.base.depth();
        let last = self.last.replace(path);
        match last {
            None => self.put_base(),
            Some(last) => {
                while level + 1 < path.depth() && path.id(level) == last.id(level) {
                    level += 1;
                }
                self.close(level + 1, last);
            }
        }
        let mut is_open = last.is_some();
        for level in level..path.depth() {
            if let Some(map) = self.maps.get_mut(level) {
                if !is_open {
                    *map = Map {
                        start: open(self.buffer),
                        entries: 0,
                    };
                }
                map.entries += 1;
            }
            is_open = false;
            put_id(self.buffer, path, level);
        }
    }

    fn put_base(&mut self) {
        let depth = self.base.depth();
        if depth > 0 {
            head(self.buffer, MAP, 1);
        }
        if depth > 1 {
            head(self.buffer, ARRAY, depth as u64);
        }
        for level in 0..depth {
            put_id(self.buffer, self.base, level);
        }
    }

    /// Closes the maps from a level on that hold the value at `last`.
    fn close(&mut self, level: usize, last: Path) {
        for level in (level..last.depth()).rev() {
            if let Some(map) = self.maps.get(level) {
                close(self.buffer, map.start, MAP, map.entries);
            }
        }
    }
}

impl Encoder for Writer<'_, '_> {
    fn value(&mut self, path: Path, value: &Value<'_>) {
        self.enter(path);
        put_tagged_value(self.buffer, value);
    }
}

fn put_id(buffer: &mut Buffer<'_>, path: Path, level: usize) {
    head(buffer, UNSIGNED, path.id(level).unwrap_or_default().into());
}

/// Reads a map whose paths are all at or below `base`, and none is there twice. The reserved id
/// 65535 stands for the object instance `unnamed`, where there is one (7.5.4 of 1.2.2).
pub(crate) fn read(
    base: Path,
    body: &[u8],
    unnamed: Option<u16>,
    visit: Visit<'_>,
) -> Result<(), Refusal> {
    let mut last = None;
    read_all(body, unnamed, &mut |path, content| {
        // In order, as paths mostly come, nothing is repeated.
        let is_next = last.replace(path).is_none_or(|last| path.is_behind(last));
        if !base.contains(path) || !(is_next || count(body, unnamed, path)? == 1) {
            return Err(Refusal::BadRequest);
        }
        visit(path, content)
    })
}

/// How often a path is there.
fn count(body: &[u8], unnamed: Option<u16>, path: Path) -> Result<usize, Refusal> {
    let mut count = 0;
    read_all(body, unnamed, &mut |other, _| {
        count += usize::from(other == path);
        Ok(())
    })?;
    Ok(count)
}

fn read_all(body: &[u8], unnamed: Option<u16>, visit: Visit<'_>) -> Result<(), Refusal> {
    let mut reader = Reader::new(body);
    let map = reader.item().filter(|item| item.major == MAP);
    let map = map.ok_or(Refusal::BadRequest)?;
    let on = feature::Empty::VALUE.ok_or(Refusal::UnsupportedContentFormat)?;
    read_map(&mut reader, &map, Path::ROOT, unnamed, on, visit)?;
    if reader.is_empty() {
        Ok(())
    } else {
        Err(Refusal::BadRequest)
    }
}

/// Reads the entries of a map; each is of a level below the map's path, which bounds the depth of
/// nesting.
fn read_map(
    reader: &mut Reader<'_>,
    map: &Item<'_>,
    path: Path,
    unnamed: Option<u16>,
    on: feature::Empty,
    visit: Visit<'_>,
) -> Result<(), Refusal> {
    let mut entries = map.elements();
    while reader.has_element(&mut entries) {
        let inside = read_key(reader, path, unnamed).ok_or(Refusal::BadRequest)?;
        let item = reader.value().ok_or(Refusal::BadRequest)?;
        if item.major == MAP && !is_empty(reader, &item) {
            read_map(reader, &item, inside, unnamed, on, visit)?;
            continue;
        }
        let content = match item.major {
            MAP => Content::Empty(on),
            _ if item.is_nothing() => Content::Name,
            _ if item.is_scalar() => Content::Value(RawValue::Cbor(&item)),
            _ => return Err(Refusal::BadRequest),
        };
        visit(inside, content)?;
    }
    Ok(())
}

/// Whether a map ends where it begins; it is then stepped over.
fn is_empty(reader: &mut Reader<'_>, map: &Item<'_>) -> bool {
    !reader.has_element(&mut map.elements())
}

/// The path that a key leads to: an id below `path`, or an array of some.
fn read_key(reader: &mut Reader<'_>, path: Path, unnamed: Option<u16>) -> Option<Path> {
    let join = |path: Path, item: &Item<'_>| {
        let id = u16::try_from(item.argument).ok();
        let id = id.filter(|_| item.major == UNSIGNED)?;
        let is_unnamed = id == u16::MAX && path.depth() == 1;
        path.join(unnamed.filter(|_| is_unnamed).unwrap_or(id))
    };
    let key = reader.item()?;
    if key.major != ARRAY {
        return join(path, &key);
    }
    let mut ids = key.elements();
    let mut inside = path;
    while reader.has_element(&mut ids) {
        inside = join(inside, &reader.item()?)?;
    }
    (inside != path).then_some(inside)
}
