//! `object!`: a typed object with one instance, declared in a few lines.

/// Declares an object with one instance, 0, as a struct whose fields are its resources.
///
/// Each line is one of
///
/// - `id: field: Type [operations]`, a resource. The operations are `R`, `W` or `RW`; behind a comma
///   may stand `mandatory`, for what every instance of the object has, and `auto`, for a resource
///   whose changes reach the server without its asking. The types are those of
///   [`typed::Field`](crate::typed::Field): a value, `Option` of one for a resource that may be
///   absent, or [`typed::Multiple`](crate::typed::Multiple) for one with several instances.
/// - `id: method [E]`, an executable resource: a method `fn method(&mut self, arguments: &[u8]) ->
///   Result<(), Refusal>`. `mandatory` may stand behind the `E`.
/// - `_: field: Type`, a field of the application's own, which the server does not see; with
///   `_: pub field: Type` others than this module may use it.
///
/// Doc comments before a line are those of the field. The definition is checked at compile time:
/// ids that are there twice or are the reserved 65535, operations that the type cannot have, and
/// flags that contradict each other do not compile.
///
/// Behind the object's id may stand its version, and callbacks into methods of the struct:
/// `written(resource: u16)` runs after the server wrote a resource, `delivered(resource: u16)`
/// after a value has reached the server.
///
/// With the feature `create`, a write makes an absent resource present where it has the operation
/// `W`, and one that a replacing Write leaves out is absent afterwards.
///
/// [`Instances`](crate::objects::Instances) makes several instances of what is declared here.
///
/// ```
/// client_lite::object! {
///     /// Digital input
///     #[derive(Default)]
///     pub struct Button: 3200 {
///         5501: presses: i64 [R, auto],
///     }
/// }
/// let button = Button { presses: 1 };
/// # let _ = button;
/// ```
///
/// With everything:
///
/// ```
/// use client_lite::Refusal;
/// use client_lite::heapless::String;
/// use client_lite::typed::Multiple;
///
/// client_lite::object! {
///     #[derive(Default)]
///     pub struct Lamp: 33002, version (1, 1), written lamp_written, delivered lamp_delivered {
///         /// Whether there is light.
///         0: on: bool [RW, mandatory],
///         1: on_time: i64 [RW, auto],
///         /// Absent until the server gives one.
///         2: name: Option<String<16>> [RW],
///         3: scenes: Multiple<String<16>, 4> [RW],
///         4: blink [E],
///         _: blinks: u32,
///     }
/// }
///
/// impl Lamp {
///     fn lamp_written(&mut self, resource: u16) {
///         println!("/33002/0/{resource} was written");
///     }
///     fn lamp_delivered(&mut self, resource: u16) {
///         println!("/33002/0/{resource} has reached the server");
///     }
///     fn blink(&mut self, _arguments: &[u8]) -> Result<(), Refusal> {
///         self.blinks += 1;
///         Ok(())
///     }
/// }
/// # let _ = Lamp::default();
/// ```
///
/// An id is there once:
///
/// ```compile_fail
/// client_lite::object! {
///     pub struct Lamp: 33002 {
///         0: on: bool [RW],
///         0: level: i64 [RW],
///     }
/// }
/// ```
///
/// A server cannot write a borrowed text:
///
/// ```compile_fail
/// client_lite::object! {
///     pub struct Lamp: 33002 {
///         0: name: &'static str [RW],
///     }
/// }
/// ```
///
/// What every instance has is never absent:
///
/// ```compile_fail
/// client_lite::object! {
///     pub struct Lamp: 33002 {
///         0: on: Option<bool> [RW, mandatory],
///     }
/// }
/// ```
#[macro_export]
macro_rules! object {
    (
        $(#[$attribute:meta])*
        $visibility:vis struct $name:ident : $id:literal
        $(, version ($major:literal, $minor:literal))?
        $(, written $written:ident)?
        $(, delivered $delivered:ident)?
        { $($body:tt)* }
    ) => {
        $crate::__object! {
            @lines [$($body)*] [] [] [] {
                [$(#[$attribute])*] [$visibility] $name $id
                [$(($major, $minor))?] [$($written)?] [$($delivered)?]
            }
        }
    };
}

/// Sorts the lines of [`object!`] into fields and methods, then emits the whole.
#[doc(hidden)]
#[macro_export]
macro_rules! __object {
    (@lines [
            $(#[$doc:meta])* $id:literal : $method:ident [E $(, $flag:ident)*]
            $(, $($rest:tt)*)?
        ]
        [$($field:tt)*] [$($execute:tt)*] [$($own:tt)*] $head:tt
    ) => {
        $crate::__object! { @lines [$($($rest)*)?]
            [$($field)*] [$($execute)* ($id $method $($flag)*)] [$($own)*] $head }
    };
    (@lines [$(#[$doc:meta])* $id:literal : $name:ident [$($flag:tt)*] $($rest:tt)*]
        $fields:tt $executes:tt $owns:tt $head:tt
    ) => {
        ::core::compile_error!(::core::concat!(
            "object!: resource ", $id, " needs a type: `", $id, ": ", stringify!($name),
            ": Type [", stringify!($($flag)*), "]`"
        ));
    };
    (@lines [
            $(#[$doc:meta])* $id:literal : $name:ident : $type:ty [E $(, $flag:ident)*]
            $($rest:tt)*
        ]
        $fields:tt $executes:tt $owns:tt $head:tt
    ) => {
        ::core::compile_error!(::core::concat!(
            "object!: resource ", $id, " is executed, and so has no type: `", $id, ": ",
            stringify!($name), " [E]`"
        ));
    };
    (@lines [
            $(#[$doc:meta])* $id:literal : $name:ident : $type:ty [$($flag:ident),+]
            $(, $($rest:tt)*)?
        ]
        [$($field:tt)*] [$($execute:tt)*] [$($own:tt)*] $head:tt
    ) => {
        $crate::__object! { @lines [$($($rest)*)?]
            [$($field)* ([$(#[$doc])*] $id $name [$type] $($flag)+)]
            [$($execute)*] [$($own)*] $head }
    };
    (@lines [$(#[$doc:meta])* _ : $visibility:vis $name:ident : $type:ty $(, $($rest:tt)*)?]
        [$($field:tt)*] [$($execute:tt)*] [$($own:tt)*] $head:tt
    ) => {
        $crate::__object! { @lines [$($($rest)*)?]
            [$($field)*] [$($execute)*]
            [$($own)* ([$(#[$doc])*] [$visibility] $name [$type])] $head }
    };
    (@lines []
        [$(([$(#[$doc:meta])*] $id:literal $name:ident [$type:ty] $($flag:ident)+))*]
        [$(($execute_id:literal $execute:ident $($execute_flag:ident)*))*]
        [$(([$(#[$own_doc:meta])*] [$own_visibility:vis] $own:ident [$own_type:ty]))*]
        {
            [$(#[$attribute:meta])*] [$visibility:vis] $object:ident $object_id:literal
            [$($version:tt)?] [$($written:ident)?] [$($delivered:ident)?]
        }
    ) => {
        $(#[$attribute])*
        $visibility struct $object {
            $(
                $(#[$doc])*
                #[doc = ""]
                #[doc = concat!("Resource ", stringify!($id), ".")]
                pub $name: $type,
            )*
            $(
                $(#[$own_doc])*
                $own_visibility $own: $own_type,
            )*
        }

        impl $crate::typed::Declared for $object {
            const DEFINITION: &'static $crate::ObjectDefinition = &$crate::ObjectDefinition {
                id: $object_id,
                version: $crate::__object!(@version $($version)?),
                resources: &$crate::typed::by_id([
                    $($crate::__object!(@definition $id, $type, $($flag)+),)*
                    $($crate::__object!(@execute $execute_id $($execute_flag)*),)*
                ]),
            };
        }

        const _: () = {
            let definition = <$object as $crate::typed::Declared>::DEFINITION;
            assert!(definition.id != u16::MAX, "object!: the id 65535 is reserved");
            $({
                let definition = $crate::__object!(@definition $id, $type, $($flag)+);
                assert!(
                    definition.id != u16::MAX,
                    "object!: the id 65535 is reserved"
                );
                assert!(
                    !definition.operations.allow($crate::Operations::W)
                        || <$type as $crate::typed::Field>::WRITABLE,
                    concat!("object!: resource ", $id, " has a type that cannot be written")
                );
                assert!(
                    !definition.mandatory || !<$type as $crate::typed::Field>::OPTIONAL,
                    concat!("object!: resource ", $id, " is mandatory, and so is no Option")
                );
                assert!(
                    !definition.auto_observable
                        || definition.operations.allow($crate::Operations::R),
                    concat!("object!: resource ", $id, " is auto, and so needs the operation R")
                );
            })*
            $(assert!($execute_id != u16::MAX, "object!: the id 65535 is reserved");)*
        };

        impl $crate::Object for $object {
            fn definition(&self) -> &$crate::ObjectDefinition {
                <Self as $crate::typed::Declared>::DEFINITION
            }

            fn has(&self, at: $crate::At) -> bool {
                match at.resource {
                    $($id => {
                        let mandatory =
                            const { $crate::__object!(@definition $id, $type, $($flag)+).mandatory };
                        mandatory || $crate::typed::Field::is_present(&self.$name)
                    })*
                    _ => true,
                }
            }

            fn resource_instance(
                &self,
                at: $crate::At,
                index: usize,
            ) -> ::core::option::Option<u16> {
                match at.resource {
                    $($id => $crate::typed::Field::instance(&self.$name, index),)*
                    _ => (index == 0).then_some(0),
                }
            }

            fn read(
                &mut self,
                at: $crate::At,
            ) -> ::core::result::Result<$crate::Value<'_>, $crate::Refusal> {
                match at.resource {
                    $($id => $crate::typed::Field::value(&self.$name, at.resource_instance)
                        .ok_or($crate::Refusal::NotFound),)*
                    _ => ::core::result::Result::Err($crate::Refusal::MethodNotAllowed),
                }
            }

            fn validate(
                &self,
                at: $crate::At,
                value: &$crate::Value<'_>,
            ) -> ::core::result::Result<(), $crate::Refusal> {
                let _ = value;
                match at.resource {
                    $($id => <$type as $crate::typed::Field>::accepts(
                        at.resource_instance, value),)*
                    _ => ::core::result::Result::Err($crate::Refusal::MethodNotAllowed),
                }
            }

            fn write(
                &mut self,
                at: $crate::At,
                value: $crate::Value<'_>,
            ) -> ::core::result::Result<(), $crate::Refusal> {
                let _ = value;
                match at.resource {
                    $($id => $crate::typed::Field::assign(
                        &mut self.$name, at.resource_instance, value),)*
                    _ => return ::core::result::Result::Err($crate::Refusal::MethodNotAllowed),
                }
                $(self.$written(at.resource);)?
                ::core::result::Result::Ok(())
            }

            fn execute(
                &mut self,
                at: $crate::At,
                arguments: &[u8],
            ) -> ::core::result::Result<(), $crate::Refusal> {
                let _ = arguments;
                match at.resource {
                    $($execute_id => self.$execute(arguments),)*
                    _ => ::core::result::Result::Err($crate::Refusal::MethodNotAllowed),
                }
            }

            $(fn delivered(&mut self, at: $crate::At) {
                self.$delivered(at.resource);
            })?

            $crate::__object_creatable! {}
        }

        impl $crate::Creatable for $object {
            fn can_add(&self, at: $crate::At) -> bool {
                match at.resource {
                    $($id => <$type as $crate::typed::Field>::can_add(at.resource_instance),)*
                    _ => false,
                }
            }

            fn can_remove(&self, at: $crate::At) -> bool {
                match at.resource {
                    $($id => <$type as $crate::typed::Field>::MULTIPLE,)*
                    _ => false,
                }
            }

            fn remove(&mut self, at: $crate::At) {
                match at.resource {
                    $($id => $crate::typed::Field::remove(
                        &mut self.$name, at.resource_instance),)*
                    _ => {}
                }
            }

            fn clear(&mut self, at: $crate::At) {
                match at.resource {
                    $($id => $crate::typed::Field::clear(&mut self.$name),)*
                    _ => {}
                }
            }
        }
    };
    (@lines [$($line:tt)+] $fields:tt $executes:tt $owns:tt $head:tt) => {
        ::core::compile_error!(::core::concat!(
            "object!: a line is `id: field: Type [R]` (or W, RW, and behind a comma mandatory, auto), ",
            "`id: method [E]` or `_: field: Type`, and not `", stringify!($($line)+), "`"
        ));
    };

    (@version) => { (1, 0) };
    (@version $version:tt) => { $version };

    (@definition $id:literal, $type:ty, $operations:ident $($flag:ident)*) => {
        {
            let definition =
                $crate::typed::definition::<$type>($id, $crate::Operations::$operations);
            $(let definition = $crate::__object!(@flag definition $flag);)*
            definition
        }
    };
    (@execute $id:literal $($flag:ident)*) => {
        {
            let definition = $crate::ResourceDefinition::new(
                $id, $crate::Type::Opaque, $crate::Operations::E);
            $(let definition = $crate::__object!(@flag definition $flag);)*
            definition
        }
    };
    (@flag $definition:ident auto) => { $definition.auto_observable() };
    (@flag $definition:ident mandatory) => { $definition.mandatory() };
    (@flag $definition:ident $other:ident) => {
        ::core::compile_error!(::core::concat!(
            "object!: the flags are mandatory and auto, and not ", stringify!($other)
        ))
    };
}

/// Whether servers create and delete in an object: by the features of this crate, and not of the one that
/// calls [`object!`].
#[cfg(feature = "create")]
#[doc(hidden)]
#[macro_export]
macro_rules! __object_creatable {
    () => {
        fn creatable(&mut self) -> ::core::option::Option<&mut dyn $crate::Creatable> {
            ::core::option::Option::Some(self)
        }
    };
}

/// Nothing, without the feature `create`.
#[cfg(not(feature = "create"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __object_creatable {
    () => {};
}
