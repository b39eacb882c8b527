//! What an object is made of, and the trait through which the client reaches it.

use crate::error::Refusal;
#[cfg(feature = "access-control")]
use crate::model::rights::Rights;
use crate::model::value::{Type, Value};

/// An LwM2M object whose values the application owns.
///
/// The client calls these methods only from calls that it is handed the objects in, and keeps no
/// copy of a value. Objects 0 and 1 are its own; those of an application are not reached. A Device
/// object (3) of the application takes the place of the client's. The application says with
/// [`Client::changed`](crate::Client::changed) that a value is a new one.
///
/// A write or an execution reaches the application as a method call and not as an event, because
/// its result is the server's: what is refused here is refused there, with the code of the
/// [`Refusal`].
///
/// [`object!`](crate::object!) implements the trait for the usual case, one instance with typed
/// fields.
pub trait Object {
    /// The object's id, version and resources: the same at every call.
    fn definition(&self) -> &ObjectDefinition;

    /// The id of the object instance at `index`, counted from 0; `None` behind the last.
    ///
    /// There is one instance, 0, unless this is overridden.
    fn instance(&self, index: usize) -> Option<u16> {
        (index == 0).then_some(0)
    }

    /// Whether an optional resource is there in this instance. All are, unless this is overridden.
    fn has(&self, instance: u16, resource: u16) -> bool {
        let _ = (instance, resource);
        true
    }

    /// The id of the resource instance at `index` of a multiple resource; `None` behind the last.
    fn resource_instance(&self, instance: u16, resource: u16, index: usize) -> Option<u16> {
        let _ = (instance, resource);
        (index == 0).then_some(0)
    }

    /// The value of a readable resource, or of one of its instances where it is a multiple one.
    ///
    /// Takes `&mut self` so that a value may be measured, or its text composed, on demand.
    fn read(&mut self, at: At) -> Result<Value<'_>, Refusal>;

    /// Whether a Write may bring an optional resource, or a resource instance, that is not there.
    #[cfg(feature = "create")]
    fn can_add(&self, at: At) -> bool {
        let _ = at;
        false
    }

    /// Whether a server may take away a resource instance that is there, by Delete or by
    /// Write-Composite.
    #[cfg(feature = "create")]
    fn can_remove(&self, at: At) -> bool {
        let _ = at;
        false
    }

    /// The server takes away a resource instance that [`can_remove`](Self::can_remove) has let go.
    #[cfg(feature = "create")]
    fn remove(&mut self, at: At) {
        let _ = at;
    }

    /// A Write is about to be validated: its values, of whichever instances, come to
    /// [`validate`](Self::validate) next. `replaces` says whether their resources are
    /// [cleared](Self::clear) before they are written.
    ///
    /// For an object whose room for a value depends on what else the same Write brings: here it
    /// begins to count anew, since a Write that was refused is not heard of again. Others have
    /// nothing to do.
    #[cfg(feature = "create")]
    fn prepare(&mut self, replaces: bool) {
        let _ = replaces;
    }

    /// Whether a value that is about to be written can be.
    ///
    /// A write of several resources asks for all of them before it writes the first, so that it
    /// takes place as a whole or not at all. The value has the resource's type already.
    fn validate(&self, at: At, value: &Value<'_>) -> Result<(), Refusal> {
        let _ = (at, value);
        Ok(())
    }

    /// The server writes a value that [`validate`](Self::validate) has let pass.
    fn write(&mut self, at: At, value: Value<'_>) -> Result<(), Refusal> {
        let _ = (at, value);
        Err(Refusal::MethodNotAllowed)
    }

    /// A replacing Write is about to set this resource, or leaves it out: an optional resource is
    /// absent and a multiple one has no instances until they are written again. Where neither can
    /// be, nothing is to be done, as here.
    ///
    /// All of the write's values have passed [`validate`](Self::validate) by then.
    #[cfg(feature = "create")]
    fn clear(&mut self, instance: u16, resource: u16) {
        let _ = (instance, resource);
    }

    /// The server creates an object instance, whose id is not taken yet.
    ///
    /// Others of the same request may follow. Their values are validated and written next; where
    /// something is refused, [`delete`](Self::delete) follows at once for each of them. An object with no room for another answers with
    /// [`Refusal::InternalError`].
    #[cfg(feature = "create")]
    fn create(&mut self, instance: u16) -> Result<(), Refusal> {
        let _ = instance;
        Err(Refusal::MethodNotAllowed)
    }

    /// The server deletes an object instance.
    #[cfg(feature = "create")]
    fn delete(&mut self, instance: u16) -> Result<(), Refusal> {
        let _ = instance;
        Err(Refusal::MethodNotAllowed)
    }

    /// Whether a value that arrives in blocks is handed on block by block to
    /// [`upload`](Self::upload), so that it may be larger than the client's memory. Only for
    /// single resources of type Opaque or String.
    #[cfg(feature = "block")]
    fn takes_blocks(&self, instance: u16, resource: u16) -> bool {
        let _ = (instance, resource);
        false
    }

    /// The next step of a value that arrives in blocks. One that came in a single message is
    /// written by [`write`](Self::write).
    ///
    /// A step that is refused ends the upload: after a refused piece follows [`Upload::Abort`], after
    /// the others nothing.
    #[cfg(feature = "block")]
    fn upload(&mut self, at: At, step: Upload<'_>) -> Result<(), Refusal> {
        let _ = (at, step);
        Err(Refusal::MethodNotAllowed)
    }

    /// The server executes a resource; `arguments` are unchecked, and
    /// [`Arguments`](crate::Arguments) reads them.
    fn execute(&mut self, at: At, arguments: &[u8]) -> Result<(), Refusal> {
        let _ = (at, arguments);
        Err(Refusal::MethodNotAllowed)
    }

    /// Whether changes of a resource reach the server without its asking. The definition says so,
    /// unless this is overridden.
    #[cfg(any(feature = "send", feature = "izuma"))]
    fn is_auto_observable(&self, instance: u16, resource: u16) -> bool {
        let _ = instance;
        self.definition()
            .resource(resource)
            .is_some_and(|definition| definition.auto_observable)
    }

    /// What a server may do with an object instance, or, of an object (`None`), whether it may create
    /// one; the server is named by its short server id. `None` where this object does not decide, as
    /// all but Access Control (2).
    ///
    /// Where all objects say `None`, the server may do everything. Otherwise the first that decides
    /// counts, and it is asked anew for each request and each value that is about to be reported: what
    /// the server may not do is refused with 4.01 (Unauthorized), and instances that it may not
    /// read are missing from what it reads of an object, observes, or is sent.
    #[cfg(feature = "access-control")]
    fn rights(&self, server: u16, object: u16, instance: Option<u16>) -> Option<Rights> {
        let _ = (server, object, instance);
        None
    }

    /// An object instance is about to be created by a server, or has been deleted (`None`): Access
    /// Control (2) keeps book of it. Where there is no room for that, the Create is refused.
    #[cfg(feature = "access-control")]
    fn set_owner(&mut self, object: u16, instance: u16, owner: Option<u16>) -> Result<(), Refusal> {
        let _ = (object, instance, owner);
        Ok(())
    }

    /// A value has reached the server: a Send has its response, or a confirmable notification
    /// acknowledged. Responses to Read and non-confirmable notifications do not count: nobody says
    /// that they arrived.
    fn delivered(&mut self, instance: u16, resource: u16) {
        let _ = (instance, resource);
    }
}

/// How a value arrives in blocks (RFC 7959): begun, in pieces, and then committed or aborted.
#[cfg(feature = "block")]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Upload<'a> {
    /// A value is about to arrive. Its size in bytes, where the server says so. What was begun
    /// before and not committed has been aborted.
    Begin {
        /// The size of the whole.
        size: Option<u32>,
    },
    /// The next bytes, right behind those before them. Of a String they are whole characters.
    Piece(&'a [u8]),
    /// That was all: the value counts from now on.
    Commit,
    /// The rest will not come: the value stays what it was before.
    Abort,
}

/// A resource in an object, or an instance of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct At {
    /// The object instance's id.
    pub instance: u16,
    /// The resource's id.
    pub resource: u16,
    /// The resource instance's id; 0 for a resource that is not a multiple one.
    pub resource_instance: u16,
}

/// What the OMA registry, or a vendor, says of an object.
#[derive(Clone, Copy, Debug)]
pub struct ObjectDefinition {
    /// 0 to 65534.
    pub id: u16,
    /// The version as major and minor number. Versions other than 1.0 are announced.
    pub version: (u8, u8),
    /// The resources, by ascending id.
    pub resources: &'static [ResourceDefinition],
}

impl ObjectDefinition {
    /// The resource of this id.
    pub fn resource(&self, id: u16) -> Option<&'static ResourceDefinition> {
        self.resources.iter().find(|resource| resource.id == id)
    }
}

/// What the OMA registry, or a vendor, says of a resource.
#[derive(Clone, Copy, Debug)]
pub struct ResourceDefinition {
    /// 0 to 65534.
    pub id: u16,
    /// The data type; without meaning where only [`Operations::E`] is allowed.
    pub kind: Type,
    /// What a server may do with it.
    pub operations: Operations,
    /// Whether there can be several resource instances.
    pub multiple: bool,
    /// Whether every instance of the object has it, so that Create must bring its value where
    /// servers can write it.
    pub mandatory: bool,
    /// Whether changes reach the server without its asking: by Send (LwM2M Core 1.1, 6.4.6), or in
    /// Izuma's profile by notifications.
    pub auto_observable: bool,
}

impl ResourceDefinition {
    /// A single resource that changes only reach observers.
    pub const fn new(id: u16, kind: Type, operations: Operations) -> Self {
        Self {
            id,
            kind,
            operations,
            multiple: false,
            mandatory: false,
            auto_observable: false,
        }
    }

    /// The same with several resource instances.
    pub const fn multiple(mut self) -> Self {
        self.multiple = true;
        self
    }

    /// The same as one that every instance has.
    pub const fn mandatory(mut self) -> Self {
        self.mandatory = true;
        self
    }

    /// The same with its changes sent to the server unasked.
    pub const fn auto_observable(mut self) -> Self {
        self.auto_observable = true;
        self
    }
}

/// What a server may do with a resource: a combination of Read, Write and Execute.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Operations(u8);

impl Operations {
    /// Neither of them: the bootstrap server's business only.
    pub const NONE: Self = Self(0);
    /// Read (and Observe).
    pub const R: Self = Self(1);
    /// Write.
    pub const W: Self = Self(2);
    /// Read and Write.
    pub const RW: Self = Self(3);
    /// Execute.
    pub const E: Self = Self(4);

    /// Whether all operations of `other` are among these.
    pub const fn allow(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}
