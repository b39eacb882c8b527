//! The object table: what `LWM2M_OBJECT_REGISTER` has put into the image, in C's form, and in the
//! core's form behind each entry's `storage`.

use core::ffi::{CStr, c_int};
use core::slice;

#[cfg(feature = "create")]
use client_lite::Path;
use client_lite::{ObjectDefinition, Operations, ResourceDefinition, Type};
#[cfg(feature = "create")]
use client_lite_zephyr::kconfig;
#[cfg(feature = "log")]
use client_lite_zephyr::log;

use crate::abi::*;

// What LWM2M_OBJECT_STORAGE reckons with.
const _: () = assert!(
    size_of::<ResourceDefinition>() == LWM2M_OBJECT_STORAGE_EACH as usize * size_of::<u16>()
);
const _: () = assert!(align_of::<ResourceDefinition>() == align_of::<u16>());

/// The objects of the image that are not refused.
pub fn objects() -> impl Iterator<Item = ObjectDefinition> {
    registrations()
        .iter()
        .map(Registration::definition)
        .filter(|object| !object.resources.is_empty())
}

/// What servers may create in an object, beside optional resources and resource instances.
#[cfg(feature = "create")]
pub struct Creation {
    /// Whether object instances too, and delete them.
    pub instances: bool,
    /// Is told of them, and of what they have.
    pub callback: Option<Callback>,
}

/// What servers may create in an object; `None` where they may not create anything.
#[cfg(feature = "create")]
pub fn creation(object: u16) -> Option<Creation> {
    let mut registrations = registrations().iter();
    // Of several with this id the first was accepted.
    let registration = registrations.find(|registration| registration.id == object)?;
    let refused = registration.definition().resources.is_empty();
    let creatable = c_int::from(registration.creatable);
    (creatable != LWM2M_OBJECT_CREATABLE_NOTHING && !refused).then_some(Creation {
        instances: creatable == LWM2M_OBJECT_CREATABLE_INSTANCES,
        callback: registration.callback,
    })
}

/// The definition of a resource that is not refused, and its type; `None` where it has none.
pub fn resource(object: u16, resource: u16) -> Option<(&'static ResourceDefinition, Option<Type>)> {
    let accepted = objects().find(|other| other.id == object)?;
    let definition = accepted.resource(resource)?;
    let kind = in_c(object, resource)?.kind();
    Some((definition, kind))
}

/// The type of a resource that its object defines; `None` where it is executed only.
#[cfg(feature = "create")]
pub fn kind_of(path: Path) -> Option<Type> {
    resource(path.object_id()?, path.resource_id()?)?.1
}

/// Is told of what servers create at a path.
#[cfg(feature = "create")]
pub fn callback_of(path: Path) -> Option<Callback> {
    creation(path.object_id()?)?.callback
}

/// The same as C code has written it.
pub fn in_c(object: u16, resource: u16) -> Option<&'static Definition> {
    registrations()
        .iter()
        .filter(|registration| registration.id == object)
        // Of several with this id the first was accepted.
        .take(1)
        .filter(|registration| registration.definition().resource(resource).is_some())
        .flat_map(Registration::resources)
        .find(|definition| definition.id == resource)
}

/// Fills the table: called once, while the system starts, before any other thread runs.
#[unsafe(no_mangle)]
extern "C" fn client_lite_define_objects() {
    let all = registrations();
    for (index, registration) in all.iter().enumerate() {
        let mut before = all.iter().take(index);
        let refused = if registration.id < 2 {
            Some("the client has an object of this id itself")
        } else if registration.id == RESERVED {
            Some("the id is reserved")
        } else if before.any(|other| other.id == registration.id) {
            Some("there is another object of this id")
        } else {
            registration.has_no_room()
        };
        match refused {
            Some(reason) => registration.complain(None, reason),
            None => registration.define(),
        }
    }
}

impl Registration {
    fn resources(&self) -> &'static [Definition] {
        // SAFETY: LWM2M_OBJECT_REGISTER has put an array and the number of its elements here.
        unsafe { slice::from_raw_parts(self.resources, self.count.into()) }
    }

    /// The object in the core's form, without resources where it was refused.
    fn definition(&self) -> ObjectDefinition {
        // SAFETY: LWM2M_OBJECT_REGISTER has made the storage. Its first element is the number of
        // definitions, which `define` has written behind it, and which nobody writes any longer.
        let resources = unsafe {
            let length = usize::from(self.storage.read());
            slice::from_raw_parts(self.storage.add(1).cast::<ResourceDefinition>(), length)
        };
        ObjectDefinition {
            id: self.id,
            version: (self.major, self.minor),
            resources,
        }
    }

    /// Objects of which there are no instances yet are shown to servers that may create them.
    #[cfg(feature = "create")]
    fn has_no_room(&self) -> Option<&'static str> {
        let shown = objects().filter(|object| {
            let creation = creation(object.id);
            creation.is_some_and(|creation| creation.instances)
        });
        (c_int::from(self.creatable) == LWM2M_OBJECT_CREATABLE_INSTANCES
            && shown.count() >= kconfig::OBJECTS)
            .then_some(
                "too many objects with creatable instances: raise CONFIG_CLIENT_LITE_OBJECTS",
            )
    }

    #[cfg(not(feature = "create"))]
    fn has_no_room(&self) -> Option<&'static str> {
        None
    }

    fn define(&self) {
        let mut length = 0_u16;
        for definition in self.resources() {
            let accepted = self.definition();
            let refused = if definition.id == RESERVED {
                Some("the id is reserved")
            } else if accepted.resource(definition.id).is_some() {
                Some("there is another resource of this id")
            } else {
                None
            };
            let (resource, place) = match (refused, definition.to_core()) {
                (None, Some(resource)) => {
                    let mut ids = accepted.resources.iter().map(|other| other.id);
                    let place = ids.position(|id| id > definition.id);
                    (resource, place.unwrap_or(length.into()))
                }
                (Some(reason), _) => {
                    self.complain(Some(definition.id), reason);
                    continue;
                }
                (None, None) => {
                    self.complain(Some(definition.id), "no such operations, or no such type");
                    continue;
                }
            };
            // SAFETY: the storage has room for `count` definitions behind its first element, of
            // which `length` are used so far; no reference to them is alive, and no other thread
            // runs yet.
            unsafe {
                let resources = self.storage.add(1).cast::<ResourceDefinition>();
                let here = resources.add(place);
                here.copy_to(here.add(1), usize::from(length) - place);
                here.write(resource);
                length += 1;
                self.storage.write(length);
            }
        }
    }

    fn complain(&self, resource: Option<u16>, reason: &str) {
        // SAFETY: LWM2M_OBJECT_REGISTER has put a string literal here.
        let name = unsafe { CStr::from_ptr(self.name) };
        let name = name.to_str().unwrap_or_default();
        #[cfg(feature = "log")]
        match resource {
            Some(resource) => log::error(&[
                &"/", &self.id, &"//", &resource, &" of ", &name, &": ", &reason,
            ]),
            None => log::error(&[&"/", &self.id, &" ", &name, &": ", &reason]),
        }
        #[cfg(not(feature = "log"))]
        let _ = (resource, reason, name);
    }
}

impl Definition {
    fn to_core(self) -> Option<ResourceDefinition> {
        let operations = match self.operations.into() {
            LWM2M_RESOURCE_OPERATIONS_NONE => Operations::NONE,
            LWM2M_RESOURCE_OPERATIONS_R => Operations::R,
            LWM2M_RESOURCE_OPERATIONS_W => Operations::W,
            LWM2M_RESOURCE_OPERATIONS_RW => Operations::RW,
            LWM2M_RESOURCE_OPERATIONS_E => Operations::E,
            _ => return None,
        };
        let is_none = c_int::from(self.r#type) == LWM2M_RESOURCE_TYPE_NONE;
        let kind = match self.kind() {
            Some(kind) => kind,
            None if is_none && matches!(operations, Operations::E | Operations::NONE) => {
                Type::Opaque
            }
            None => return None,
        };
        let mut resource = ResourceDefinition::new(self.id, kind, operations);
        resource.multiple = self.multiple != 0;
        resource.mandatory = self.mandatory != 0;
        Some(resource)
    }

    fn kind(self) -> Option<Type> {
        Some(match self.r#type.into() {
            LWM2M_RESOURCE_TYPE_STRING => Type::String,
            LWM2M_RESOURCE_TYPE_INTEGER => Type::Integer,
            LWM2M_RESOURCE_TYPE_FLOAT => Type::Float,
            LWM2M_RESOURCE_TYPE_BOOLEAN => Type::Boolean,
            LWM2M_RESOURCE_TYPE_OPAQUE => Type::Opaque,
            LWM2M_RESOURCE_TYPE_TIME => Type::Time,
            LWM2M_RESOURCE_TYPE_OBJLNK => Type::ObjectLink,
            LWM2M_RESOURCE_TYPE_UNSIGNED => Type::Unsigned,
            _ => return None,
        })
    }
}

#[cfg(not(test))]
fn registrations() -> &'static [Registration] {
    unsafe extern "C" {
        static _lwm2m_object_registration_list_start: [Registration; 0];
        static _lwm2m_object_registration_list_end: [Registration; 0];
    }
    let start = (&raw const _lwm2m_object_registration_list_start).cast::<Registration>();
    let end = (&raw const _lwm2m_object_registration_list_end).cast::<Registration>();
    let count = (end.addr() - start.addr()) / size_of::<Registration>();
    // SAFETY: the linker puts all registrations, and nothing else, between the two.
    unsafe { slice::from_raw_parts(start, count) }
}

#[cfg(test)]
fn registrations() -> &'static [Registration] {
    &tests::TABLE.0
}

const RESERVED: u16 = u16::MAX;

#[cfg(test)]
pub mod tests {
    use std::cell::UnsafeCell;
    use std::sync::Once;

    use super::*;
    use crate::c_tests::create::note;
    use crate::c_tests::{alone, logged};

    #[test]
    fn definitions_come_in_the_order_of_their_ids() {
        let _alone = alone();
        let button = objects().find(|object| object.id == 3200).unwrap();
        let ids: Vec<u16> = button.resources.iter().map(|other| other.id).collect();
        assert_eq!(ids, [1, 5, 9, 10, 11, 5500, 5501, 5523]);
        let mandatory = button.resources.iter().filter(|other| other.mandatory);
        assert_eq!(mandatory.map(|other| other.id).collect::<Vec<_>>(), [5501]);
        assert_eq!(button.version, (1, 1));
    }

    #[test]
    fn what_is_refused() {
        let _alone = alone();
        for registration in registrations() {
            // SAFETY: all other tests wait.
            unsafe { registration.storage.write(0) };
        }
        let lines = logged(|| client_lite_define_objects());
        let expected = [
            "/3200//65535 of button: the id is reserved",
            "/3200//5501 of button: there is another resource of this id",
            "/3200//5502 of button: no such operations, or no such type",
            "/3200//5503 of button: no such operations, or no such type",
            "/1 server: the client has an object of this id itself",
            "/3200 again: there is another object of this id",
            "/65535 last: the id is reserved",
        ];
        assert_eq!(lines, expected);
        let ids: Vec<u16> = objects().map(|object| object.id).collect();
        assert_eq!(ids, [3200, 3303, 3, 3305, 33002, 33003]);
        for (object, resource) in [(3200, 65535), (3200, 5502), (1, 5700), (65535, 5700)] {
            assert!(in_c(object, resource).is_none());
        }
    }

    /// Fills the table for the tests of this crate.
    pub fn define() {
        static DEFINED: Once = Once::new();
        DEFINED.call_once(|| client_lite_define_objects());
    }

    pub struct Table(pub [Registration; 9]);
    // SAFETY: the storages are written under a lock.
    unsafe impl Sync for Table {}

    pub static TABLE: Table = Table([
        entry(c"button", 3200, &BUTTON, &STORAGES[0]),
        entry(c"temperature", 3303, &TEMPERATURE, &STORAGES[1]),
        entry(c"server", 1, &TEMPERATURE, &STORAGES[2]),
        entry(c"again", 3200, &TEMPERATURE, &STORAGES[3]),
        entry(c"last", 65535, &TEMPERATURE, &STORAGES[4]),
        entry(c"device", 3, &DEVICE, &STORAGES[5]),
        entry(c"power", 3305, &TEMPERATURE, &STORAGES[6]),
        creatable(entry(c"shelf", 33002, &SHELF, &STORAGES[7])),
        creatable(entry(c"box", 33003, &BOX, &STORAGES[8])),
    ]);

    const fn entry(
        name: &'static CStr,
        id: u16,
        resources: &'static [Definition],
        storage: &'static Storage,
    ) -> Registration {
        Registration {
            name: name.as_ptr(),
            resources: resources.as_ptr(),
            storage: storage.0.get().cast(),
            callback: None,
            count: resources.len() as u16,
            id,
            major: 1,
            minor: 1,
            creatable: 0,
        }
    }

    const fn creatable(registration: Registration) -> Registration {
        Registration {
            callback: Some(note),
            minor: 0,
            creatable: LWM2M_OBJECT_CREATABLE_INSTANCES as u8,
            ..registration
        }
    }

    struct Storage(UnsafeCell<[u16; 49]>);
    // SAFETY: as of the table.
    unsafe impl Sync for Storage {}

    static STORAGES: [Storage; 9] = [const { Storage(UnsafeCell::new([0; 49])) }; 9];

    static BUTTON: [Definition; 12] = [
        mandatory(definition(5501, 0, 1, 2)),
        definition(65535, 0, 1, 2),
        definition(5500, 0, 3, 4),
        definition(5501, 0, 1, 1),
        definition(5502, 0, 5, 1),
        definition(5503, 0, 1, 0),
        definition(1, 0, 3, 1),
        definition(5, 0, 4, 0),
        definition(9, 1, 3, 5),
        definition(10, 0, 3, 8),
        definition(11, 0, 3, 7),
        definition(5523, 0, 3, 6),
    ];
    static TEMPERATURE: [Definition; 1] = [definition(5700, 0, 3, 3)];
    static DEVICE: [Definition; 1] = [definition(4, 0, 4, 0)];
    static SHELF: [Definition; 4] = [
        mandatory(definition(0, 0, 3, 1)),
        mandatory(definition(1, 0, 1, 2)),
        definition(2, 1, 3, 2),
        definition(3, 0, 3, 1),
    ];
    static BOX: [Definition; 2] = [definition(0, 0, 3, 2), definition(1, 0, 3, 2)];

    const fn definition(id: u16, multiple: u8, operations: u8, kind: u8) -> Definition {
        Definition {
            id,
            multiple,
            mandatory: 0,
            operations,
            r#type: kind,
        }
    }

    const fn mandatory(definition: Definition) -> Definition {
        Definition {
            mandatory: 1,
            ..definition
        }
    }
}
