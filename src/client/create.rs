//! Create and Delete of object instances (LwM2M Core 1.1, 6.3.6 and 6.3.7).

use coap_lite::ResponseType;

use crate::client::Client;
use crate::client::management::{Answer, Request};
use crate::client::write::{Writing, write};
use crate::coap::duplicates::Reply;
use crate::coap::message::response_code;
use crate::error::Refusal;
use crate::format::{self, Body};
use crate::model::object::Operations;
use crate::model::path::Path;
#[cfg(feature = "access-control")]
use crate::model::rights::Rights;
use crate::model::tree::{Objects, Tree};

impl Client<'_> {
    pub(super) fn create(
        &mut self,
        request: &Request,
        body: &[u8],
        objects: Objects<'_, '_>,
    ) -> Result<Answer, Refusal> {
        let object = request.path;
        let scratch = core::mem::take(&mut self.message);
        let mut body = request.body(body, &mut *scratch);
        let created = create(&mut self.tree(objects), object, &mut body);
        self.message = scratch;
        let (instance, chosen) = created?;
        self.instances_changed(instance);
        Ok(Answer::Reply(Reply {
            code: response_code(ResponseType::Created),
            created: if chosen { instance } else { Path::ROOT },
        }))
    }

    pub(super) fn delete(
        &mut self,
        instance: Path,
        objects: Objects<'_, '_>,
    ) -> Result<Answer, Refusal> {
        delete(&mut self.tree(objects), instance)?;
        #[cfg(feature = "attributes")]
        self.observations.attributes.remove(instance);
        self.instances_changed(instance);
        Ok(Answer::code(ResponseType::Deleted))
    }

    /// The object list has another instance, or one less, and so have observers.
    fn instances_changed(&mut self, instance: Path) {
        self.registration.objects_changed = true;
        self.mark_observed(instance);
        #[cfg(feature = "access-control")]
        {
            // Access Control keeps book of it.
            self.mark_observed(Path::object(ACCESS_CONTROL));
            self.note_written(instance, true);
        }
    }
}

/// Creates an instance of an object with the values of a body, or none where one is refused; the
/// instance, and whether its id is of this device's choice.
fn create(
    tree: &mut Tree<'_, '_>,
    object: Path,
    body: &mut Body<'_>,
) -> Result<(Path, bool), Refusal> {
    #[cfg(feature = "access-control")]
    tree.require(Rights::CREATE, object)?;
    let named = named_instance(object, body);
    let (target, instance) = match named {
        Ok(Some(id)) => (object, object.join(id).ok_or(Refusal::BadRequest)?),
        // TLV may have the resources of an instance whose id the device chooses; a body that is
        // wrong is told so when it is written.
        _ => {
            let free = (0..).find(|id| !exists(tree, object, *id));
            let instance = free.and_then(|id| object.join(id));
            let instance = instance.ok_or(Refusal::InternalError)?;
            (instance, instance)
        }
    };
    let id = instance.instance_id().unwrap_or_default();
    if exists(tree, object, id) {
        return Err(Refusal::BadRequest);
    }
    #[cfg(feature = "access-control")]
    tree.own(instance)?;
    let created = create_and_write(tree, instance, target, body);
    #[cfg(feature = "access-control")]
    if created.is_err() {
        tree.disown(instance);
    }
    created.map(|()| (instance, named != Ok(Some(id))))
}

/// Creates an instance and writes a body to a target, which is the instance or its object.
fn create_and_write(
    tree: &mut Tree<'_, '_>,
    instance: Path,
    target: Path,
    body: &mut Body<'_>,
) -> Result<(), Refusal> {
    let id = instance.instance_id().unwrap_or_default();
    tree.object(instance)?.create(id)?;
    let complete = has_mandatory(tree, target, instance, body);
    let written = complete.and_then(|()| match body.bytes {
        [] => Ok(()),
        _ => write(tree, target, body, Writing::Create),
    });
    if written.is_err() {
        let _ = tree.object(instance)?.delete(id);
    }
    written
}

/// Deletes an instance.
fn delete(tree: &mut Tree<'_, '_>, instance: Path) -> Result<(), Refusal> {
    let object = Path::object(instance.object_id().unwrap_or_default());
    let id = instance.instance_id().unwrap_or_default();
    if !exists(tree, object, id) {
        return Err(Refusal::NotFound);
    }
    #[cfg(feature = "access-control")]
    tree.require(Rights::DELETE, instance)?;
    tree.object(object)?.delete(id)?;
    #[cfg(feature = "access-control")]
    tree.disown(instance);
    Ok(())
}

/// The id of the one instance that a body names.
fn named_instance(object: Path, body: &mut Body<'_>) -> Result<Option<u16>, Refusal> {
    let mut named = None;
    if !body.bytes.is_empty() {
        format::decode(body, object, &mut |path, _| {
            let id = path.instance_id();
            if named.is_some() && named != id {
                return Err(Refusal::BadRequest);
            }
            named = id;
            Ok(())
        })?;
    }
    Ok(named)
}

fn exists(tree: &mut Tree<'_, '_>, object: Path, id: u16) -> bool {
    let instance = object.join(id);
    instance.is_some_and(|instance| tree.walk(instance, &mut |_, _, _| {}).is_ok())
}

/// A new instance begins with a value for each mandatory resource that servers write.
fn has_mandatory(
    tree: &mut Tree<'_, '_>,
    target: Path,
    instance: Path,
    body: &mut Body<'_>,
) -> Result<(), Refusal> {
    let resources = tree.object(instance)?.definition().resources;
    let mandatory = resources
        .iter()
        .filter(|resource| resource.mandatory && resource.operations.allow(Operations::W));
    for resource in mandatory {
        let mut found = false;
        if !body.bytes.is_empty() {
            format::decode(body, target, &mut |path, content| {
                found |= content.is_some() && path.resource_id() == Some(resource.id);
                Ok(())
            })?;
        }
        if !found {
            return Err(Refusal::BadRequest);
        }
    }
    Ok(())
}

#[cfg(feature = "access-control")]
const ACCESS_CONTROL: u16 = 2;
