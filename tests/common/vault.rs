//! An object with values of any length, in one piece and block by block.

use std::cell::RefCell;
use std::rc::Rc;

use client_lite::{
    At, BlockWise, Object, ObjectDefinition, Operations, Refusal, ResourceDefinition, Type, Upload,
    Value,
};

use super::World;
use super::manual::Manual;

/// Object 33013: resources 0 (Opaque) and 1 (String) take blocks, 2 (Opaque) and 3 (String) do not;
/// 4 is an Integer from 0 on, 5 is executed.
#[derive(Clone, Default)]
pub struct Vault(pub Rc<RefCell<Deeds>>);

/// What was done to it.
#[derive(Default)]
pub struct Deeds {
    /// By upload, per call.
    pub steps: Vec<Step>,
    /// What arrived since the last Begin.
    arriving: Vec<u8>,
    /// Values that count, by resource, in their order.
    pub values: Vec<(u16, Vec<u8>)>,
    /// Refuses the step after as many as this.
    pub refuse_after: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    Begin(Option<u32>),
    Piece(usize),
    Commit,
    Abort,
}

impl Vault {
    /// The only other object of this world's device, and its server.
    pub fn with_server(mut world: World) -> (Manual, Self) {
        let vault = Self::default();
        world.objects.others = vec![Box::new(vault.clone())];
        (Manual::of(world), vault)
    }

    pub fn steps(&self) -> Vec<Step> {
        self.0.borrow().steps.clone()
    }

    /// The values of all, and none from now on.
    pub fn take_values(&self) -> Vec<(u16, Vec<u8>)> {
        std::mem::take(&mut self.0.borrow_mut().values)
    }
}

impl Object for Vault {
    fn definition(&self) -> &ObjectDefinition {
        static DEFINITION: ObjectDefinition = ObjectDefinition {
            id: 33013,
            version: (1, 0),
            resources: &[
                ResourceDefinition::new(0, Type::Opaque, Operations::W),
                ResourceDefinition::new(1, Type::String, Operations::W),
                ResourceDefinition::new(2, Type::Opaque, Operations::W),
                ResourceDefinition::new(3, Type::String, Operations::W),
                ResourceDefinition::new(4, Type::Integer, Operations::W),
                ResourceDefinition::new(5, Type::String, Operations::E),
                ResourceDefinition::new(6, Type::Opaque, Operations::R),
            ],
        };
        &DEFINITION
    }

    fn read(&mut self, _: At) -> Result<Value<'_>, Refusal> {
        Ok(Value::Opaque(b""))
    }

    fn validate(&self, _: At, value: &Value<'_>) -> Result<(), Refusal> {
        match value {
            Value::Integer(..0) => Err(Refusal::BadRequest),
            _ => Ok(()),
        }
    }

    fn write(&mut self, at: At, value: Value<'_>) -> Result<(), Refusal> {
        let value = match value {
            Value::Opaque(value) => value.to_vec(),
            Value::String(value) => value.into(),
            other => format!("{other:?}").into(),
        };
        self.0.borrow_mut().values.push((at.resource, value));
        Ok(())
    }

    fn execute(&mut self, at: At, arguments: &[u8]) -> Result<(), Refusal> {
        let value = (at.resource, arguments.to_vec());
        self.0.borrow_mut().values.push(value);
        Ok(())
    }

    fn block_wise(&mut self) -> Option<&mut dyn BlockWise> {
        Some(self)
    }
}

impl BlockWise for Vault {
    fn takes_blocks(&mut self, at: At) -> bool {
        at.resource < 2 || at.resource == 6
    }

    fn upload(&mut self, at: At, step: Upload<'_>) -> Result<(), Refusal> {
        let deeds = &mut *self.0.borrow_mut();
        deeds.steps.push(match step {
            Upload::Begin { size } => Step::Begin(size),
            Upload::Piece(piece) => Step::Piece(piece.len()),
            Upload::Commit => Step::Commit,
            Upload::Abort => Step::Abort,
        });
        if let Some(left) = &mut deeds.refuse_after {
            if *left == 0 {
                deeds.refuse_after = None;
                return Err(Refusal::Unavailable);
            }
            *left -= 1;
        }
        match step {
            Upload::Begin { .. } => deeds.arriving.clear(),
            Upload::Piece(piece) => {
                assert!(!piece.is_empty());
                // Of a string it is text of its own.
                assert!(at.resource != 1 || str::from_utf8(piece).is_ok());
                deeds.arriving.extend(piece);
            }
            Upload::Commit => {
                let value = std::mem::take(&mut deeds.arriving);
                deeds.values.push((at.resource, value));
            }
            Upload::Abort => deeds.arriving.clear(),
        }
        Ok(())
    }
}
