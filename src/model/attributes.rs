//! Notification attributes (LwM2M Core 1.1, 5.1.2; `con`, `edge` and `hqmax` are 1.2's): when the
//! server wants to be notified of a value.

use heapless::{Vec, VecView};

use crate::archive::Archive;
use crate::buffer::Buffer;
use crate::error::Refusal;
use crate::feature;
use crate::keep::Keep as _;
use crate::model::path::Path;
use crate::model::value::Type;
use crate::number::decimal::{self, Decimal};
use crate::number::double::{from_integer, rank, sum};
use crate::split::split;

/// An attribute at a node.
#[derive(Clone, Copy)]
pub(crate) struct Attribute {
    path: Path,
    name: Name,
    /// Seconds, a value of the resource, 0 and 1, or a number of values.
    value: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Name {
    /// Minimum Period
    Pmin,
    /// Maximum Period
    Pmax,
    /// Greater Than
    Gt,
    /// Less Than
    Lt,
    /// Step
    St,
    /// Minimum Evaluation Period
    Epmin,
    /// Maximum Evaluation Period
    Epmax,
    /// Confirmable Notification
    Con,
    /// Edge: 0 is the falling one, 1 the rising one.
    Edge,
    /// Maximum Historical Queue
    #[cfg(feature = "historical-queue")]
    Hqmax,
}

/// The memory of what is written.
pub(crate) struct Memory<const ATTRIBUTES: usize>(Vec<Attribute, ATTRIBUTES>);

impl<const ATTRIBUTES: usize> Memory<ATTRIBUTES> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }
}

/// The attributes that the server has written, in the caller's storage.
pub(crate) struct Attributes<'s> {
    entries: &'s mut VecView<Attribute>,
}

impl<'s> Attributes<'s> {
    pub(crate) fn new<const ATTRIBUTES: usize>(memory: &'s mut Memory<ATTRIBUTES>) -> Self {
        let entries = memory.0.as_mut_view();
        entries.clear();
        Self { entries }
    }

    pub(crate) fn are_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value that holds at a node: its own, or the one of the nearest node above it (5.1.1).
    pub(crate) fn effective(&self, node: Path, name: Name) -> Option<f64> {
        self.nearest(name, &|path| path.contains(node))
    }

    /// Whether the attribute holds at a node, at one above it or at one below.
    #[cfg(feature = "historical-queue")]
    pub(crate) fn is_near(&self, node: Path, name: Name) -> bool {
        let mut entries = self.entries.iter();
        entries.any(|entry| entry.name == name && entry.path.meets(node))
    }

    /// Writes all that is asked for, or nothing. `kind` is the type of the resource at `path`.
    pub(crate) fn write(
        &mut self,
        path: Path,
        kind: Option<Type>,
        changes: &Changes,
    ) -> Result<(), Refusal> {
        let mut count = self.entries.len();
        for name in &NAMES {
            let Some(value) = changes.of(*name) else {
                continue;
            };
            if !name.applies_to(kind) {
                return Err(Refusal::BadRequest);
            }
            count += usize::from(value.is_some());
            count -= usize::from(self.assigned(path, *name).is_some());
        }
        if !self.fit_together(path, changes) {
            return Err(Refusal::BadRequest);
        }
        if count > self.entries.capacity() {
            return Err(Refusal::InternalError);
        }
        self.entries
            .keep(&mut |entry| entry.path != path || changes.of(entry.name).is_none());
        for &name in &NAMES {
            if let Some(Some(value)) = changes.of(name) {
                let _ = self.entries.push(Attribute { path, name, value });
            }
        }
        Ok(())
    }

    /// Forgets what is attached at and below a node.
    pub(crate) fn remove(&mut self, node: Path) {
        self.entries.keep(&mut |entry| !node.contains(entry.path));
    }

    /// Writes what is attached to a node as link parameters, in a Discover of `target`: of a resource,
    /// or below, also what it has from above (6.3.2).
    pub(crate) fn put(&self, node: Path, target: Path, buffer: &mut Buffer<'_>) {
        if self.are_empty() {
            return;
        }
        let inherited = node == target && target.depth() >= 3;
        for name in &NAMES {
            let value = self.nearest(*name, &|path| match inherited {
                true => path.contains(node),
                false => path == node,
            });
            if let Some(text) = value.and_then(Decimal::from_float) {
                buffer.byte(b';');
                buffer.put(name.text());
                buffer.byte(b'=');
                buffer.put(text.as_bytes());
            }
        }
    }

    pub(crate) fn archive(&mut self, archive: &mut Archive<'_>) {
        let empty = Attribute {
            path: Path::ROOT,
            name: Name::Pmin,
            value: 0.0,
        };
        archive.list(self.entries, empty, &mut |archive, attribute| {
            attribute.path.archive(archive);
            let mut name = attribute.name as u8;
            archive.u8(&mut name);
            match NAMES.get(usize::from(name)) {
                Some(name) => attribute.name = *name,
                None => archive.refuse(),
            }
            archive.f64(&mut attribute.value);
            let is_integer = !matches!(attribute.name, Name::Gt | Name::Lt | Name::St);
            let greatest = rank(from_integer(false, u32::MAX.into()));
            if is_integer && !(0..=greatest).contains(&rank(attribute.value)) {
                archive.refuse();
            }
        });
    }

    pub(crate) fn forget(&mut self) {
        self.entries.clear();
    }

    fn assigned(&self, node: Path, name: Name) -> Option<f64> {
        self.nearest(name, &|path| path == node)
    }

    #[inline(never)]
    fn nearest(&self, name: Name, counts: &dyn Fn(Path) -> bool) -> Option<f64> {
        self.entries
            .iter()
            .filter(|entry| entry.name == name && counts(entry.path))
            .max_by_key(|entry| entry.path.depth())
            .map(|entry| entry.value)
    }

    /// Whether the thresholds that result leave room for each other: lt < gt, and a step from one
    /// does not reach the other, lt + 2 st < gt.
    fn fit_together(&self, path: Path, changes: &Changes) -> bool {
        let result = |name| match changes.of(name) {
            Some(Some(value)) => Some(value),
            Some(None) => self.nearest(name, &|node| node != path && node.contains(path)),
            None => self.effective(path, name),
        };
        let touches = [Name::Gt, Name::Lt, Name::St]
            .into_iter()
            .any(|name| changes.of(name).is_some());
        match (result(Name::Lt), result(Name::Gt)) {
            (Some(lt), Some(gt)) if touches => {
                let step = result(Name::St).unwrap_or_default();
                rank(lt) < rank(gt) && rank(sum(lt, sum(step, step))) < rank(gt)
            }
            _ => true,
        }
    }
}

/// What a Write-Attributes asks for.
#[derive(Default)]
pub(crate) struct Changes {
    /// By name: a value, or no value where the attribute is removed.
    asked: [Option<Option<f64>>; NAMES.len()],
}

impl Changes {
    /// Takes a query parameter, `name=value` or, to remove it, `name`; `None` for one that is wrong,
    /// or comes twice.
    pub(crate) fn add(&mut self, query: &[u8]) -> Option<()> {
        let (text, value) = split(query, b'=');
        let name = *NAMES.iter().find(|name| name.text() == text)?;
        let value = match value.get(1..) {
            Some(value) => Some(name.parse(value)?),
            None => None,
        };
        let asked = self.asked.get_mut(name as usize)?;
        asked.replace(value).is_none().then_some(())
    }

    fn of(&self, name: Name) -> Option<Option<f64>> {
        self.asked.get(name as usize).copied().flatten()
    }
}

impl Name {
    fn text(self) -> &'static [u8] {
        match self {
            Self::Pmin => b"pmin",
            Self::Pmax => b"pmax",
            Self::Gt => b"gt",
            Self::Lt => b"lt",
            Self::St => b"st",
            Self::Epmin => b"epmin",
            Self::Epmax => b"epmax",
            Self::Con => b"con",
            Self::Edge => b"edge",
            #[cfg(feature = "historical-queue")]
            Self::Hqmax => b"hqmax",
        }
    }

    /// A value that makes sense. Thresholds may be negative, as signal strengths are, though the
    /// specification's grammar has no sign.
    fn parse(self, text: &[u8]) -> Option<f64> {
        match self {
            Self::Gt | Self::Lt => decimal::parse_float(text),
            Self::St => decimal::parse_float(text).filter(|step| rank(*step) > 0),
            Self::Con | Self::Edge => match text {
                b"0" => Some(0.0),
                b"1" => Some(1.0),
                _ => None,
            },
            _ => {
                let number: u32 = decimal::parse_unsigned(text)?.try_into().ok()?;
                Some(from_integer(false, number.into()))
            }
        }
    }

    /// Whether the attribute has a meaning for a resource of this type; none is a node above
    /// resources.
    fn applies_to(self, kind: Option<Type>) -> bool {
        match self {
            Self::Gt | Self::Lt | Self::St => matches!(
                kind,
                Some(Type::Integer | Type::Unsigned | Type::Float | Type::Time)
            ),
            Self::Edge => kind == Some(Type::Boolean),
            _ => true,
        }
    }
}

/// In the order of the specification's table.
const NAMES: [Name; 9 + feature::HistoricalQueue::IS_ON as usize] = [
    Name::Pmin,
    Name::Pmax,
    Name::Gt,
    Name::Lt,
    Name::St,
    Name::Epmin,
    Name::Epmax,
    Name::Con,
    Name::Edge,
    #[cfg(feature = "historical-queue")]
    Name::Hqmax,
];
