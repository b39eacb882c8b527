//! An object whose instances, optional resources and resource instances come and go.

use std::collections::BTreeMap;

use client_lite::{
    At, Creatable, Object, ObjectDefinition, Operations, Refusal, ResourceDefinition, Type, Value,
};

/// Object 33002, with room for [`Shelf::ROOM`] instances.
#[derive(Clone, Default)]
pub struct Shelf {
    pub cases: BTreeMap<u16, Case>,
}

/// An instance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Case {
    /// /33002/x/0, mandatory, up to eight bytes.
    pub label: String,
    /// /33002/x/1, read-only.
    pub weight: i64,
    /// /33002/x/2, of three instances at most, each over 0.
    pub counts: BTreeMap<u16, i64>,
    /// /33002/x/3, optional.
    pub note: Option<String>,
}

impl Shelf {
    pub const ROOM: usize = 3;

    pub fn with(ids: &[u16]) -> Self {
        let case = |id: &u16| {
            let label = format!("case {id}");
            let counts = BTreeMap::from([(0, 10), (1, 11)]);
            let note = Some("old".to_owned());
            (
                *id,
                Case {
                    label,
                    counts,
                    note,
                    ..Case::default()
                },
            )
        };
        Self {
            cases: ids.iter().map(case).collect(),
        }
    }
}

impl Object for Shelf {
    fn definition(&self) -> &ObjectDefinition {
        static DEFINITION: ObjectDefinition = ObjectDefinition {
            id: 33002,
            version: (1, 0),
            resources: &[
                ResourceDefinition::new(0, Type::String, Operations::RW).mandatory(),
                ResourceDefinition::new(1, Type::Integer, Operations::R).mandatory(),
                ResourceDefinition::new(2, Type::Integer, Operations::RW).multiple(),
                ResourceDefinition::new(3, Type::String, Operations::RW),
            ],
        };
        &DEFINITION
    }

    fn instance(&self, index: usize) -> Option<u16> {
        self.cases.keys().nth(index).copied()
    }

    fn has(&self, at: At) -> bool {
        let found = &self.cases[&at.instance];
        match at.resource {
            2 => !found.counts.is_empty(),
            3 => found.note.is_some(),
            _ => true,
        }
    }

    fn resource_instance(&self, at: At, index: usize) -> Option<u16> {
        self.cases[&at.instance].counts.keys().nth(index).copied()
    }

    fn read(&mut self, at: At) -> Result<Value<'_>, Refusal> {
        let found = &self.cases[&at.instance];
        Ok(match at.resource {
            0 => Value::String(&found.label),
            1 => Value::Integer(found.weight),
            2 => Value::Integer(found.counts[&at.resource_instance]),
            _ => Value::String(found.note.as_ref().ok_or(Refusal::NotFound)?),
        })
    }

    fn validate(&self, at: At, value: &Value<'_>) -> Result<(), Refusal> {
        match (at.resource, value) {
            (0 | 3, Value::String(text)) if text.len() <= 8 => Ok(()),
            (1, _) => Ok(()),
            (2, Value::Integer(1..)) => Ok(()),
            _ => Err(Refusal::BadRequest),
        }
    }

    fn write(&mut self, at: At, value: Value<'_>) -> Result<(), Refusal> {
        let found = self.cases.get_mut(&at.instance).expect("is there");
        match (at.resource, value) {
            (0, Value::String(text)) => found.label = text.to_owned(),
            (1, Value::Integer(weight)) => found.weight = weight,
            (2, Value::Integer(count)) => {
                found.counts.insert(at.resource_instance, count);
            }
            (3, Value::String(text)) => found.note = Some(text.to_owned()),
            _ => return Err(Refusal::InternalError),
        }
        Ok(())
    }

    fn creatable(&mut self) -> Option<&mut dyn Creatable> {
        Some(self)
    }
}

impl Creatable for Shelf {
    fn create(&mut self, instance: u16) -> Result<(), Refusal> {
        if self.cases.len() == Self::ROOM {
            return Err(Refusal::InternalError);
        }
        self.cases.insert(instance, Case::default());
        Ok(())
    }

    fn delete(&mut self, instance: u16) -> Result<(), Refusal> {
        self.cases
            .remove(&instance)
            .map(|_| ())
            .ok_or(Refusal::NotFound)
    }

    fn can_add(&self, at: At) -> bool {
        at.resource == 3 || (at.resource == 2 && at.resource_instance < 3)
    }

    fn clear(&mut self, at: At) {
        let found = self.cases.get_mut(&at.instance).expect("is there");
        match at.resource {
            2 => found.counts.clear(),
            3 => found.note = None,
            _ => {}
        }
    }
}
