//! `object!`: a typed object with one instance, declared in a few lines.

/// Declares an object with one instance, 0, as a struct whose fields are its resources.
///
/// Each line is `id: field: Type [operations]`, with the operations `R`, `W` or `RW` and, behind a
/// comma, `auto` for a resource whose changes reach the server without its asking. `id: method [E]`
/// is an executable resource: a method `fn method(&mut self, arguments: &[u8]) -> Result<(),
/// Refusal>`. The field types are those of [`typed::Resource`](crate::typed::Resource).
///
/// `_: field: Type` is a field of the application's own, which the server does not see.
///
/// Behind the object's id may stand its version, and callbacks into methods of the struct:
/// `written(resource: u16)` runs after the server wrote a resource, `delivered(resource: u16)`
/// after a value has reached the server.
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
///
/// client_lite::object! {
///     #[derive(Default)]
///     pub struct Light: 3311, version (1, 1), written light_written, delivered light_delivered {
///         5850: on: bool [RW],
///         5852: on_time: i64 [RW, auto],
///         5823: blink [E],
///         _: blinks: u32,
///     }
/// }
///
/// impl Light {
///     fn light_written(&mut self, resource: u16) {
///         println!("/3311/0/{resource} was written");
///     }
///     fn light_delivered(&mut self, resource: u16) {
///         println!("/3311/0/{resource} has reached the server");
///     }
///     fn blink(&mut self, _arguments: &[u8]) -> Result<(), Refusal> {
///         self.blinks += 1;
///         Ok(())
///     }
/// }
/// # let _ = Light::default();
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
    (@lines [$id:literal : $method:ident [E] $(, $($rest:tt)*)?]
        [$($field:tt)*] [$($execute:tt)*] [$($own:tt)*] $head:tt
    ) => {
        $crate::__object! { @lines [$($($rest)*)?]
            [$($field)*] [$($execute)* ($id $method)] [$($own)*] $head }
    };
    (@lines [$id:literal : $name:ident : $type:ty [$($flag:ident),+] $(, $($rest:tt)*)?]
        [$($field:tt)*] [$($execute:tt)*] [$($own:tt)*] $head:tt
    ) => {
        $crate::__object! { @lines [$($($rest)*)?]
            [$($field)* ($id $name [$type] $($flag)+)] [$($execute)*] [$($own)*] $head }
    };
    (@lines [_ : $name:ident : $type:ty $(, $($rest:tt)*)?]
        [$($field:tt)*] [$($execute:tt)*] [$($own:tt)*] $head:tt
    ) => {
        $crate::__object! { @lines [$($($rest)*)?]
            [$($field)*] [$($execute)*] [$($own)* ($name [$type])] $head }
    };
    (@lines [] [$(($id:literal $name:ident [$type:ty] $($flag:ident)+))*]
        [$(($execute_id:literal $execute:ident))*]
        [$(($own:ident [$own_type:ty]))*]
        {
            [$(#[$attribute:meta])*] [$visibility:vis] $object:ident $object_id:literal
            [$($version:tt)?] [$($written:ident)?] [$($delivered:ident)?]
        }
    ) => {
        $(#[$attribute])*
        $visibility struct $object {
            $(
                #[doc = concat!("Resource ", stringify!($id), ".")]
                pub $name: $type,
            )*
            $(
                #[doc = "The application's own."]
                pub $own: $own_type,
            )*
        }

        impl $crate::Object for $object {
            fn definition(&self) -> &$crate::ObjectDefinition {
                static DEFINITION: $crate::ObjectDefinition = $crate::ObjectDefinition {
                    id: $object_id,
                    version: $crate::__object!(@version $($version)?),
                    resources: RESOURCES,
                };
                const RESOURCES: &[$crate::ResourceDefinition] = &$crate::typed::by_id([
                    $($crate::__object!(@definition
                        $id, <$type as $crate::typed::Resource>::TYPE, $($flag)+),)*
                    $($crate::ResourceDefinition::new(
                        $execute_id, $crate::Type::Opaque, $crate::Operations::E),)*
                ]);
                &DEFINITION
            }

            fn read(
                &mut self,
                at: $crate::At,
            ) -> ::core::result::Result<$crate::Value<'_>, $crate::Refusal> {
                match at.resource {
                    $($id => ::core::result::Result::Ok(
                        $crate::typed::Resource::value(&self.$name)),)*
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
                    $($id => <$type as $crate::typed::Resource>::accepts(value),)*
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
                    $($id => $crate::typed::Resource::assign(&mut self.$name, value),)*
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

            $(fn delivered(&mut self, _: u16, resource: u16) {
                self.$delivered(resource);
            })?
        }
    };

    (@version) => { (1, 0) };
    (@version $version:tt) => { $version };

    (@definition $id:literal, $kind:expr, R) => {
        $crate::ResourceDefinition::new($id, $kind, $crate::Operations::R)
    };
    (@definition $id:literal, $kind:expr, W) => {
        $crate::ResourceDefinition::new($id, $kind, $crate::Operations::W)
    };
    (@definition $id:literal, $kind:expr, RW) => {
        $crate::ResourceDefinition::new($id, $kind, $crate::Operations::RW)
    };
    (@definition $id:literal, $kind:expr, $operations:ident auto) => {
        $crate::__object!(@definition $id, $kind, $operations).auto_observable()
    };
}
