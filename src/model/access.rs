//! Access control (LwM2M Core 1.1, 8.2): what the server may do, as an object of the application
//! says, which is Access Control (2). Where none decides, the server may do everything.

use crate::error::Refusal;
use crate::model::ids::{SERVER, SHORT_SERVER_ID};
use crate::model::object::{AccessRights, At};
use crate::model::path::Path;
use crate::model::rights::Rights;
use crate::model::tree::{Tree, Visit};
use crate::model::value::Value;

impl Tree<'_, '_> {
    /// Refuses what the server has no right to: [`Rights::CREATE`] to an object, any other to the
    /// object instance that a node is in. Above instances those are not asked for.
    ///
    /// What is not there passes, for the operation to say so.
    pub(crate) fn require(&mut self, right: Rights, node: Path) -> Result<(), Refusal> {
        let Some(object) = node.object_id() else {
            return Ok(());
        };
        let creates = right == Rights::CREATE;
        let instance = node.instance_id().filter(|_| !creates);
        // Of object 1 a server sees its own instance alone.
        if object == SERVER || (instance.is_none() && !creates) {
            return Ok(());
        }
        let server = self.short_server_id();
        let target = match instance {
            Some(instance) => Path::instance(object, instance),
            None => Path::object(object),
        };
        let decision = self.each(&mut |decider| Some(decider.rights(server, object, instance)));
        match decision {
            Some(rights) if !rights.allow(right) && self.has(target) => Err(Refusal::Unauthorized),
            _ => Ok(()),
        }
    }

    /// As [`walk`](Self::walk), without the instances that the server may not read: they are passed
    /// over, and refused where the path is in one.
    pub(crate) fn walk_readable(&mut self, path: Path, visit: Visit<'_>) -> Result<(), Refusal> {
        if path.depth() >= 2 {
            self.require(Rights::READ, path)?;
            return self.walk(path, visit);
        }
        self.find(path)?;
        let mut index = 0;
        while let Some(instance) = self.instance(path, index) {
            index += 1;
            if self.require(Rights::READ, instance).is_ok() {
                self.walk(instance, visit)?;
            }
        }
        Ok(())
    }

    /// The server is about to create an object instance, and owns it from now on.
    pub(crate) fn own(&mut self, instance: Path) -> Result<(), Refusal> {
        let server = self.short_server_id();
        let owned = self.set_owner(instance, Some(server));
        if owned.is_err() {
            self.disown(instance);
        }
        owned
    }

    /// An object instance is gone, or has not come to be.
    pub(crate) fn disown(&mut self, instance: Path) {
        // There is nothing in it that could be refused.
        let _ = self.set_owner(instance, None);
    }

    /// A server's account is gone; gives an object instance that nobody has a right to any longer, until
    /// there is none.
    pub(crate) fn server_removed(
        &mut self,
        server: u16,
        left: &dyn Fn(usize) -> Option<u16>,
    ) -> Option<Path> {
        let (object, instance) = self.each(&mut |keeper| keeper.server_removed(server, left))?;
        Some(Path::instance(object, instance))
    }

    fn set_owner(&mut self, instance: Path, owner: Option<u16>) -> Result<(), Refusal> {
        let at = instance.at();
        let object = instance.object_id().unwrap_or_default();
        let refusal = self.each(&mut |keeper| keeper.set_owner(object, at.instance, owner).err());
        refusal.map_or(Ok(()), Err)
    }

    /// The instance at `index` of those at and below a path.
    fn instance(&mut self, path: Path, index: usize) -> Option<Path> {
        let (mut found, mut count) = (None, 0);
        let _ = self.walk(path, &mut |_, node, _| {
            if node.depth() == 2 {
                found = found.or((count == index).then_some(node));
                count += 1;
            }
        });
        found
    }

    fn has(&mut self, node: Path) -> bool {
        self.find(node).is_ok()
    }

    /// What the first object says that decides on rights and says anything.
    fn each<R>(&mut self, ask: &mut dyn FnMut(&mut dyn AccessRights) -> Option<R>) -> Option<R> {
        let mut index = 0;
        loop {
            let said = self.at(index)?.access_rights().and_then(&mut *ask);
            if said.is_some() {
                return said;
            }
            index += 1;
        }
    }

    /// Whose requests these are: the account's server (/1/x/0).
    fn short_server_id(&mut self) -> u16 {
        let id = self.at(0).map(|server| {
            let instance = server.instance(0).unwrap_or_default();
            let value = server.read(At {
                instance,
                resource: SHORT_SERVER_ID,
                resource_instance: 0,
            });
            match value {
                Ok(Value::Integer(id)) => id as u16,
                _ => u16::MAX,
            }
        });
        id.unwrap_or(u16::MAX)
    }
}
