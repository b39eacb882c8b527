//! Object 1 as a bootstrap server writes it: an instance for each server. A client has the one of its
//! own.

use heapless::VecView;

use crate::archive::Archive;
use crate::error::Refusal;
use crate::keep::Keep as _;
use crate::model::object::{At, Creatable, Object, ObjectDefinition};
use crate::model::value::Value;
use crate::objects::server::{DEFINITION, Server};

/// The instances, in the caller's memory.
pub(crate) struct Servers<'s>(&'s mut VecView<Server>);

impl<'s> Servers<'s> {
    /// The memory with nothing in it.
    pub(crate) fn new(list: &'s mut VecView<Server>) -> Self {
        list.clear();
        Self(list)
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Server> {
        self.0.iter()
    }

    /// Adds an instance of an id that is not there.
    pub(crate) fn insert(&mut self, server: Server) -> Result<(), Refusal> {
        self.0.push(server).map_err(|_| Refusal::TooLarge)
    }

    /// Removes an instance, or all.
    pub(crate) fn remove(&mut self, id: Option<u16>) {
        self.0
            .keep(&mut |server| id.is_some_and(|id| id != server.instance));
    }

    /// `empty` is what an instance is before it is restored.
    pub(crate) fn archive(&mut self, empty: Server, archive: &mut Archive<'_>) {
        archive.list(self.0, empty, &mut |archive, server| {
            server.archive(archive);
        });
    }

    fn get(&self, id: u16) -> Option<&Server> {
        self.iter().find(|server| server.instance == id)
    }

    fn at(&mut self, id: u16) -> Result<&mut Server, Refusal> {
        let found = self.0.iter_mut().find(|server| server.instance == id);
        found.ok_or(Refusal::NotFound)
    }
}

impl Object for Servers<'_> {
    fn definition(&self) -> &ObjectDefinition {
        &DEFINITION
    }

    fn instance(&self, index: usize) -> Option<u16> {
        self.0.get(index).map(|server| server.instance)
    }

    fn has(&self, at: At) -> bool {
        self.get(at.instance).is_some_and(|server| server.has(at))
    }

    #[cfg(feature = "create")]
    fn creatable(&mut self) -> Option<&mut dyn Creatable> {
        Some(self)
    }

    fn read(&mut self, at: At) -> Result<Value<'_>, Refusal> {
        self.at(at.instance)?.read(at)
    }

    fn validate(&self, at: At, value: &Value<'_>) -> Result<(), Refusal> {
        let server = self.get(at.instance).ok_or(Refusal::NotFound)?;
        server.validate(at, value)
    }

    fn write(&mut self, at: At, value: Value<'_>) -> Result<(), Refusal> {
        let server = self.at(at.instance)?;
        let written = server.write(at, value);
        // There is no registration yet that would have to be updated.
        server.update_triggered = false;
        written
    }
}

impl Creatable for Servers<'_> {
    fn can_add(&self, at: At) -> bool {
        self.get(at.instance)
            .is_some_and(|server| server.can_add(at))
    }
}
