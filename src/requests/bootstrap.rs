//! Requests of a bootstrap server (LwM2M Core 1.1, 6.1.7): it writes and deletes accounts and objects,
//! and says when it has finished.

use coap_lite::{RequestType, ResponseType};

use crate::coap::Message;
use crate::context::Context;
use crate::error::Refusal;
use crate::feature;
use crate::format::{self, Body};
use crate::model::ids::{ACCESS_CONTROL, SECURITY, SERVER};
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree};
use crate::objects::server::Server;
use crate::requests::creatable;
use crate::requests::operation::Request;
use crate::requests::scope::{Outcome, Response, Scope};
use crate::requests::write::{Writing, write};

#[inline(never)]
pub(super) fn serve(
    scope: &mut Scope<'_, '_, '_>,
    message: &Message<'_>,
    request: &Request,
) -> Result<Response, Refusal> {
    if request.is_bootstrap && message.asks(RequestType::Post) {
        return finish(scope, message);
    }
    let response = if request.is_bootstrap {
        Err(Refusal::MethodNotAllowed)
    } else if message.asks(RequestType::Put) {
        write_accounts(scope, message, request)
    } else if message.asks(RequestType::Delete) {
        delete_accounts(scope, request.path)
    } else {
        Err(Refusal::MethodNotAllowed)
    };
    if response.is_ok() {
        scope.outcome = Outcome::Bootstrapping(feature::Bootstrap::On);
    }
    response
}

/// Bootstrap-Write (6.1.7.5) to an object, an instance or a resource, which also creates instances: all
/// of them, or none.
fn write_accounts(
    scope: &mut Scope<'_, '_, '_>,
    message: &Message<'_>,
    request: &Request,
) -> Result<Response, Refusal> {
    let target = request.path;
    if target == Path::ROOT {
        return Err(Refusal::MethodNotAllowed);
    }
    let Scope {
        context,
        objects,
        buffer,
        ..
    } = scope;
    let mut body = Body::new(request.format, message.payload, buffer);
    // A bit for each instance that was created, in the body's order.
    let mut created = 0_u64;
    let mut result = each_instance(target, &mut body, &mut |bit, instance| {
        if creates(context, instance, objects)? {
            created |= bit;
        }
        Ok(())
    });
    if result.is_ok() {
        let mut tree = draft_tree(context, target, objects);
        result = write(
            &mut tree,
            target,
            &mut body,
            Writing::Bootstrap(feature::Bootstrap::On),
        );
    }
    if result.is_err() {
        // It ends where it has ended before.
        let _ = each_instance(target, &mut body, &mut |bit, instance| {
            if created & bit != 0 {
                let _ = remove(context, instance, objects);
            }
            Ok(())
        });
    }
    result.map(|()| Response::code(ResponseType::Changed))
}

/// Creates an instance where it is not there; whether it was created.
fn creates(
    context: &mut Context<'_>,
    instance: Path,
    objects: Objects<'_, '_>,
) -> Result<bool, Refusal> {
    let mut tree = draft_tree(context, instance, &mut *objects);
    if tree.walk(instance, &mut |_, _, _| {}).is_ok() {
        return Ok(false);
    }
    let id = instance.instance_id().unwrap_or_default();
    let accounts = &mut context.accounts;
    let in_force = &accounts.in_force.securities;
    match instance.object_id() {
        // What is there of the bootstrap server's own account is a part of the new one.
        Some(SECURITY)
            if accounts
                .draft
                .securities
                .copy_from(in_force, &|old| old.is_bootstrap && old.id == id) => {}
        Some(SECURITY) => accounts.draft.securities.create(id)?,
        Some(SERVER) => accounts
            .draft
            .servers
            .insert(Server::written(&context.config, id))?,
        _ => creatable::create_instance(&mut context.tree(objects), instance)?,
    }
    Ok(true)
}

/// Bootstrap-Delete (6.1.7.6). Of the application's instances only the rights of servers go with the
/// accounts.
fn delete_accounts(scope: &mut Scope<'_, '_, '_>, path: Path) -> Result<Response, Refusal> {
    let Scope {
        context, objects, ..
    } = scope;
    if path.depth() > 2 {
        return Err(Refusal::MethodNotAllowed);
    }
    if path == Path::ROOT {
        context.accounts.draft.clear();
        // There need not be any.
        let _ = remove(context, Path::object(ACCESS_CONTROL), objects);
    } else {
        remove(context, path, objects)?;
    }
    Ok(Response::code(ResponseType::Deleted))
}

/// Removes an instance, or all instances of an object, where the object lets them go.
fn remove(context: &mut Context<'_>, path: Path, objects: Objects<'_, '_>) -> Result<(), Refusal> {
    let draft = &mut context.accounts.draft;
    match path.object_id() {
        Some(SECURITY) => draft.securities.remove(path.instance_id()),
        Some(SERVER) => draft.servers.remove(path.instance_id()),
        _ => return delete(&mut context.tree(objects), path),
    }
    Ok(())
}

/// The objects as the bootstrap server writes to them.
fn draft_tree<'t, 'o>(
    context: &'t mut Context<'_>,
    path: Path,
    objects: Objects<'t, 'o>,
) -> Tree<'t, 'o> {
    let draft = &mut context.accounts.draft;
    match path.object_id() {
        Some(SECURITY) => Tree::new(&mut draft.securities, &mut context.device, objects),
        _ => Tree::new(&mut draft.servers, &mut context.device, objects),
    }
}

/// Bootstrap-Finish (6.1.7.7). What does not fit together may be mended, and finished again.
fn finish(scope: &mut Scope<'_, '_, '_>, message: &Message<'_>) -> Result<Response, Refusal> {
    let context = &mut *scope.context;
    let id = context.server.short_server_id;
    let Some(server) = context.accounts.finish_draft(id) else {
        scope.outcome = Outcome::BootstrapRefused(feature::Bootstrap::On);
        return Err(Refusal::NotAcceptable);
    };
    context.server = server;
    // Another server has no part in what the one before has set.
    context.attributes.remove(Path::ROOT);
    scope.outcome = Outcome::BootstrapFinished(message.id, message.token, feature::Bootstrap::On);
    Ok(Response::code(ResponseType::Changed))
}

/// Visits the instances that a body is written to, in the body's order, each with a bit of its own.
fn each_instance(
    target: Path,
    body: &mut Body<'_>,
    visit: &mut dyn FnMut(u64, Path) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let object = Path::object(target.object_id().unwrap_or_default());
    let mut visit_id = |bit, id| visit(bit, object.join(id).ok_or(Refusal::BadRequest)?);
    if let Some(id) = target.instance_id() {
        return visit_id(1, id);
    }
    let (mut bit, mut last) = (1, None);
    format::decode(body, target, &mut |path, _| {
        // What it says of the object itself is looked at when it is written.
        let Some(id) = path.instance_id() else {
            return Ok(());
        };
        if last.replace(id) == Some(id) {
            return Ok(());
        }
        let this = bit;
        bit <<= 1;
        if this == 0 {
            return Err(Refusal::TooLarge);
        }
        visit_id(this, id)
    })
}

/// Deletes an instance of the application's, or all instances of an object, where it lets them go.
fn delete(tree: &mut Tree<'_, '_>, path: Path) -> Result<(), Refusal> {
    tree.walk(path, &mut |_, _, _| {})?;
    if path.depth() == 2 {
        return creatable::delete_instance(tree, path);
    }
    while let Some(id) = tree.object(path)?.instance(0) {
        let instance = path.join(id).ok_or(Refusal::InternalError)?;
        creatable::delete_instance(tree, instance)?;
        if tree.object(path)?.instance(0) == Some(id) {
            return Err(Refusal::InternalError);
        }
    }
    Ok(())
}
