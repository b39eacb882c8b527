//! Create and Delete of object instances (LwM2M Core 1.1, 6.3.6 and 6.3.7).

use coap_lite::ResponseType;

use crate::coap::Message;
use crate::coap::message::response_code;
use crate::context::Context;
use crate::error::Refusal;
use crate::feature;
use crate::format::{self, Body, Content};
use crate::model::ids::ACCESS_CONTROL;
use crate::model::object::Operations;
use crate::model::path::Path;
use crate::model::rights::Rights;
use crate::model::tree::{Tree, has_instance};
use crate::reporting::{Reach, Reporting};
use crate::requests::creatable::{self, Created};
use crate::requests::duplicates::Reply;
use crate::requests::operation::Request;
use crate::requests::scope::{Response, Scope};
use crate::requests::write::{Writing, next_instance, write};

#[inline(never)]
pub(super) fn create(
    scope: &mut Scope<'_, '_, '_>,
    message: &Message<'_>,
    request: &Request,
) -> Result<Response, Refusal> {
    let mut body = Body::new(request.format, message.payload, &mut *scope.buffer);
    let mut tree = scope.context.tree(&mut *scope.objects);
    let target = create_instances(&mut tree, request.path, &mut body)?;
    let mut last = None;
    while let Ok(Some(instance)) = next_instance(&mut body, target, last) {
        scope.objects_changed = true;
        instances_changed(scope.context, scope.reporting, scope.reach, instance);
        last = Some(instance);
    }
    Ok(Response::Reply(Reply {
        code: response_code(ResponseType::Created),
        // Of ids that the server has chosen the response has none (6.3.6).
        created: match target.depth() {
            2 => Created::instance(target),
            _ => Created::NONE,
        },
    }))
}

/// Deletes an object instance, or a resource instance.
pub(super) fn delete(scope: &mut Scope<'_, '_, '_>, path: Path) -> Result<Response, Refusal> {
    let tree = &mut scope.tree();
    let is_object_instance = path.depth() == 2;
    match is_object_instance {
        true => delete_instance(tree, path)?,
        false => delete_resource_instance(tree, path)?,
    }
    scope.context.attributes.remove(path);
    match is_object_instance {
        true => {
            scope.objects_changed = true;
            instances_changed(scope.context, scope.reporting, scope.reach, path);
        }
        false => scope.was_written(path),
    }
    Ok(Response::code(ResponseType::Deleted))
}

/// Observers of an object see another instance, or one less.
fn instances_changed(
    context: &mut Context<'_>,
    reporting: &mut Reporting<'_>,
    reach: Reach,
    instance: Path,
) {
    reporting.mark(context, instance, reach);
    if feature::AccessControl::IS_ON {
        // Access Control keeps book of it.
        reporting.mark(context, Path::object(ACCESS_CONTROL), reach);
    }
    context.written.note(instance, true);
}

/// Creates the instances of an object that a body names, or one that it does not name, with its
/// values; none where one is refused. Gives the instance where its id is of this device's choice,
/// else the object.
fn create_instances(
    tree: &mut Tree<'_, '_>,
    object: Path,
    body: &mut Body<'_>,
) -> Result<Path, Refusal> {
    tree.require(Rights::CREATE, object)?;
    let mut target = object;
    // Only without its object's level a body need not name an instance; one that is wrong is told so
    // when it is written.
    if !matches!(next_instance(body, object, None), Ok(Some(_))) {
        let mut instances = (0..).map_while(|id| object.join(id));
        let free = instances.find(|instance| tree.find(*instance).is_err());
        target = free.ok_or(Refusal::InternalError)?;
        body.set_unnamed(target.at().instance);
    }
    let mut newest = None;
    let created = create_all(tree, target, body, &mut newest)
        .and_then(|()| has_mandatory(tree, target, body))
        .and_then(|()| match body.bytes {
            [] => Ok(()),
            _ => write(tree, target, body, Writing::Create(feature::Create::On)),
        });
    if created.is_err() {
        take_back(tree, target, body, newest);
    }
    created.map(|()| target)
}

/// Creates the instances that a body is for, as far as that goes: up to `newest`.
fn create_all(
    tree: &mut Tree<'_, '_>,
    target: Path,
    body: &mut Body<'_>,
    newest: &mut Option<Path>,
) -> Result<(), Refusal> {
    while let Some(instance) = next_instance(body, target, *newest)? {
        if tree.find(instance).is_ok() {
            return Err(Refusal::BadRequest);
        }
        tree.own(instance)?;
        let created = creatable::create_instance(tree, instance);
        if created.is_err() {
            tree.disown(instance);
        }
        created?;
        *newest = Some(instance);
    }
    Ok(())
}

/// Deletes what was created for a body that is refused.
fn take_back(tree: &mut Tree<'_, '_>, target: Path, body: &mut Body<'_>, newest: Option<Path>) {
    let mut last = None;
    while last != newest
        && let Ok(Some(instance)) = next_instance(body, target, last)
    {
        let _ = creatable::delete_instance(tree, instance);
        tree.disown(instance);
        last = Some(instance);
    }
}

/// Deletes an instance.
fn delete_instance(tree: &mut Tree<'_, '_>, instance: Path) -> Result<(), Refusal> {
    if tree.find(instance).is_err() {
        return Err(Refusal::NotFound);
    }
    tree.require(Rights::DELETE, instance)?;
    creatable::delete_instance(tree, instance)?;
    tree.disown(instance);
    Ok(())
}

/// Deletes a resource instance of a resource that servers write.
fn delete_resource_instance(tree: &mut Tree<'_, '_>, node: Path) -> Result<(), Refusal> {
    let at = node.at();
    let (object, definition) = tree.resource(node)?;
    if !definition.multiple || !has_instance(object, at) {
        return Err(Refusal::NotFound);
    }
    tree.require(Rights::DELETE, node)?;
    if !definition.operations.allow(Operations::W) {
        return Err(Refusal::MethodNotAllowed);
    }
    creatable::remove(tree.object(node)?, at, true)
}

/// Each new instance begins with a value for each mandatory resource that servers write.
fn has_mandatory(
    tree: &mut Tree<'_, '_>,
    target: Path,
    body: &mut Body<'_>,
) -> Result<(), Refusal> {
    let mut last = None;
    while let Some(instance) = next_instance(body, target, last)? {
        let resources = tree.object(instance)?.definition().resources;
        let mandatory = resources
            .iter()
            .filter(|resource| resource.mandatory && resource.operations.allow(Operations::W));
        for resource in mandatory {
            if !has_value(body, target, instance, resource.id)? {
                return Err(Refusal::BadRequest);
            }
        }
        last = Some(instance);
    }
    Ok(())
}

/// Whether a body has a value of a resource.
fn has_value(
    body: &mut Body<'_>,
    target: Path,
    instance: Path,
    resource: u16,
) -> Result<bool, Refusal> {
    let mut found = false;
    if !body.bytes.is_empty() {
        format::decode(body, target, &mut |path, content| {
            found |= matches!(content, Content::Value(_))
                && instance.contains(path)
                && path.resource_id() == Some(resource);
            Ok(())
        })?;
    }
    Ok(found)
}
