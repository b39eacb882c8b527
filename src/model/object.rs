//! What an object is made of, and the trait through which the client reaches it.

use crate::archive::Archive;
use crate::error::Refusal;
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

    /// Whether an optional resource is there in its instance. All are, unless this is overridden.
    fn has(&self, at: At) -> bool {
        let _ = at;
        true
    }

    /// The id of the resource instance at `index` of a multiple resource; `None` behind the last.
    fn resource_instance(&self, at: At, index: usize) -> Option<u16> {
        let _ = at;
        (index == 0).then_some(0)
    }

    /// The value of a readable resource, or of one of its instances where it is a multiple one.
    ///
    /// Takes `&mut self` so that a value may be measured, or its text composed, on demand.
    fn read(&mut self, at: At) -> Result<Value<'_>, Refusal>;

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

    /// The server executes a resource; `arguments` are unchecked, and
    /// [`Arguments`](crate::Arguments) reads them.
    fn execute(&mut self, at: At, arguments: &[u8]) -> Result<(), Refusal> {
        let _ = (at, arguments);
        Err(Refusal::MethodNotAllowed)
    }

    /// Whether changes of a resource reach the server without its asking, where that differs from
    /// instance to instance; `None` where the definition says so for all.
    fn is_auto_observable(&self, at: At) -> Option<bool> {
        let _ = at;
        None
    }

    /// A value has reached the server: a Send has its response, or a confirmable notification
    /// acknowledged. Responses to Read and non-confirmable notifications do not count: nobody says
    /// that they arrived.
    fn delivered(&mut self, at: At) {
        let _ = at;
    }

    /// The object as one in which servers create and delete; `None` where they do not.
    fn creatable(&mut self) -> Option<&mut dyn Creatable> {
        None
    }

    /// The object as one that takes values block by block; `None` where it takes none.
    fn block_wise(&mut self) -> Option<&mut dyn BlockWise> {
        None
    }

    /// The object as the one that decides what a server may do, which is Access Control (2) alone.
    fn access_rights(&mut self) -> Option<&mut dyn AccessRights> {
        None
    }

    /// The object as one whose state outlives a loss of power; `None` where it does not.
    #[cfg(feature = "snapshot")]
    fn persistent(&mut self) -> Option<&mut dyn Persistent> {
        None
    }

    /// The object as one that takes part in bootstraps as in transactions; `None` where it does not.
    #[cfg(feature = "bootstrap-transaction")]
    fn transactional(&mut self) -> Option<&mut dyn Transactional> {
        None
    }
}

/// An object whose state outlives a loss of power: what servers have written to it, or created in it. With
/// the feature `snapshot`.
///
/// It is stored with the accounts ([`Part::Accounts`](crate::Part::Accounts)), as a whole and before the
/// server has its response, whenever anything of it has changed. That is for what is configured: a value
/// that changes by itself would wear the flash.
pub trait Persistent {
    /// Hands all of the state to the archive, field by field and always in the same order. Where the
    /// archive is restoring and not [sound](Archive::is_sound) in the end, the object stays as it was.
    fn archive(&mut self, archive: &mut Archive<'_>);
}

/// An object in which servers create and delete: object instances, optional resources, and instances
/// of multiple resources. With the feature `create`.
pub trait Creatable {
    /// The server creates an object instance, whose id is not taken yet.
    ///
    /// Others of the same request may follow. Their values are validated and written next; where
    /// something is refused, [`delete`](Self::delete) follows at once for each of them. An object with
    /// no room for another answers with [`Refusal::InternalError`].
    fn create(&mut self, instance: u16) -> Result<(), Refusal> {
        let _ = instance;
        Err(Refusal::MethodNotAllowed)
    }

    /// The server deletes an object instance.
    fn delete(&mut self, instance: u16) -> Result<(), Refusal> {
        let _ = instance;
        Err(Refusal::MethodNotAllowed)
    }

    /// Whether a Write may bring an optional resource, or a resource instance, that is not there.
    fn can_add(&self, at: At) -> bool {
        let _ = at;
        false
    }

    /// Whether a server may take away a resource instance that is there, by Delete or by
    /// Write-Composite.
    fn can_remove(&self, at: At) -> bool {
        let _ = at;
        false
    }

    /// The server takes away a resource instance that [`can_remove`](Self::can_remove) has let go.
    fn remove(&mut self, at: At) {
        let _ = at;
    }

    /// A Write is about to be validated: its values, of whichever instances, come to
    /// [`validate`](Object::validate) next. `replaces` says whether their resources are
    /// [cleared](Self::clear) before they are written.
    ///
    /// For an object whose room for a value depends on what else the same Write brings: here it
    /// begins to count anew, since a Write that was refused is not heard of again. Others have
    /// nothing to do.
    fn prepare(&mut self, replaces: bool) {
        let _ = replaces;
    }

    /// A replacing Write is about to set this resource, or leaves it out: an optional resource is
    /// absent and a multiple one has no instances until they are written again. Where neither can
    /// be, nothing is to be done, as here.
    ///
    /// All of the write's values have passed [`validate`](Object::validate) by then.
    fn clear(&mut self, at: At) {
        let _ = at;
    }
}

/// An object that takes values block by block, so that they may be larger than the client's memory.
/// With the feature `block`.
pub trait BlockWise {
    /// Whether this resource, a single one of type Opaque or String, is taken so.
    fn takes_blocks(&mut self, at: At) -> bool;

    /// The next step of a value that arrives in blocks. One that came in a single message is
    /// written by [`write`](Object::write).
    ///
    /// A step that is refused ends the upload: after a refused piece follows [`Upload::Abort`], after
    /// the others nothing.
    fn upload(&mut self, at: At, step: Upload<'_>) -> Result<(), Refusal>;
}

/// How a value arrives in blocks (RFC 7959): begun, in pieces, and then committed or aborted.
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

/// What decides what a server may do, such as Access Control (2). With the feature `access-control`.
///
/// Where no object decides, the server may do everything. Otherwise the first that does counts, and it
/// is asked anew for each request and each value that is about to be reported: what the server may not
/// do is refused with 4.01 (Unauthorized), and instances that it may not read are missing from what it
/// reads of an object, observes, or is sent.
pub trait AccessRights {
    /// What a server may do with an object instance, or, of an object (`None`), whether it may create
    /// one; the server is named by its short server id.
    fn rights(&self, server: u16, object: u16, instance: Option<u16>) -> Rights;

    /// An object instance is about to be created by a server, or has been deleted (`None`). Where
    /// there is no room to keep book of it, the Create is refused.
    fn set_owner(&mut self, object: u16, instance: u16, owner: Option<u16>) -> Result<(), Refusal>;

    /// A bootstrap server has taken a server's account away: that server's rights go with it, and what
    /// it owned has another owner (LwM2M Transport 1.1, 5.2.5). `left` gives the short server id of
    /// one that still has an account, at an index counted from 0; `None` behind the last.
    ///
    /// Gives an object instance that nobody has a right to any longer: it is deleted next where its
    /// object lets it go, and then this is asked again, until there is none.
    fn server_removed(
        &mut self,
        server: u16,
        left: &dyn Fn(usize) -> Option<u16>,
    ) -> Option<(u16, u16)> {
        let _ = (server, left);
        None
    }
}

/// An object that is as it was before, where a bootstrap breaks off (LwM2M Core 1.1, 6.1.3.3). With the
/// feature `bootstrap-transaction`.
///
/// A bootstrap server that deletes everything deletes the instances of such objects, as far as they let
/// them go. Those of others stay, since they could not come back.
///
/// `objects::Revertible` makes one of any object that can be cloned.
pub trait Transactional {
    /// A bootstrap server is about to write to the device's objects, or to delete in them: what there is
    /// now is to be kept. What was begun before has come to its end.
    fn begin(&mut self);

    /// It has finished: what it has written counts.
    fn commit(&mut self);

    /// It has not finished in its time, or cannot any longer: everything is as it was at
    /// [`begin`](Self::begin).
    fn roll_back(&mut self);
}

/// A resource in an object, or an instance of it. It names both: what is about a resource as a whole
/// passes over `resource_instance`.
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
