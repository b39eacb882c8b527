//! Requests of a bootstrap server (LwM2M Core 1.1, 6.1.7): it writes and deletes accounts and objects,
//! and says when it has finished.

use coap_lite::{RequestType, ResponseType};

use crate::coap::Message;
use crate::context::Context;
use crate::context::transaction::takes_part;
use crate::error::Refusal;
use crate::feature;
use crate::format::Body;
use crate::model::ids::{ACCESS_CONTROL, DEVICE, SECURITY, SERVER};
use crate::model::path::Path;
use crate::model::tree::{Objects, Tree};
use crate::objects::server::Server;
use crate::requests::operation::Request;
use crate::requests::scope::{Outcome, Response, Scope};
use crate::requests::write::{Writing, next_instance, write};
use crate::requests::{bootstrap_read, creatable};

#[inline(never)]
pub(super) fn serve(
    scope: &mut Scope<'_, '_, '_>,
    message: &Message<'_>,
    request: &Request,
) -> Result<Response, Refusal> {
    if request.is_bootstrap && message.asks(RequestType::Post) {
        return finish(scope, message);
    }
    let writes = message.asks(RequestType::Put) || message.asks(RequestType::Delete);
    let is_account = matches!(request.path.object_id(), Some(SECURITY | SERVER));
    if feature::BootstrapTransaction::IS_ON && writes && !is_account {
        scope.context.begin_transaction(&mut *scope.objects);
    }
    let response = if request.is_bootstrap {
        Err(Refusal::MethodNotAllowed)
    } else if message.asks(RequestType::Put) {
        write_accounts(scope, message, request)
    } else if message.asks(RequestType::Delete) {
        delete_accounts(scope, request.path)
    } else if feature::BootstrapRead::IS_ON && message.asks(RequestType::Get) {
        bootstrap_read::serve(scope, message, request)
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
    write_body(context, target, &mut body, objects).map(|()| Response::code(ResponseType::Changed))
}

/// Writes a body to a target and creates the instances that are not there: all of it, or nothing.
pub(super) fn write_body(
    context: &mut Context<'_>,
    target: Path,
    body: &mut Body<'_>,
    objects: Objects<'_, '_>,
) -> Result<(), Refusal> {
    // Of a resource it is the instance that is created.
    let owner = match target.instance_id() {
        Some(instance) => Path::instance(target.object_id().unwrap_or_default(), instance),
        None => target,
    };
    let mut created = 0;
    let mut result = create_missing(context, owner, body, objects, &mut created);
    if result.is_ok() {
        let mut tree = context.draft_tree(target, objects);
        result = write(
            &mut tree,
            target,
            body,
            Writing::Bootstrap(feature::Bootstrap::On),
        );
    }
    if result.is_err() {
        take_back(context, owner, body, objects, created);
    }
    result
}

/// Creates the instances that a body is for, as far as they are not there: a bit of `created` for each
/// of the first 64, in their order.
fn create_missing(
    context: &mut Context<'_>,
    target: Path,
    body: &mut Body<'_>,
    objects: Objects<'_, '_>,
    created: &mut u64,
) -> Result<(), Refusal> {
    let (mut bit, mut last) = (1, None);
    while let Some(instance) = next_instance(body, target, last)? {
        if bit == 0 {
            return Err(Refusal::TooLarge);
        }
        if creates(context, instance, objects)? {
            *created |= bit;
        }
        bit <<= 1;
        last = Some(instance);
    }
    Ok(())
}

/// Removes the instances that were created for a body that is refused.
fn take_back(
    context: &mut Context<'_>,
    target: Path,
    body: &mut Body<'_>,
    objects: Objects<'_, '_>,
    mut created: u64,
) {
    let mut last = None;
    while created != 0
        && let Ok(Some(instance)) = next_instance(body, target, last)
    {
        if created & 1 != 0 {
            let _ = remove(context, instance, objects);
        }
        created >>= 1;
        last = Some(instance);
    }
}

/// Creates an instance where it is not there; whether it was created.
fn creates(
    context: &mut Context<'_>,
    instance: Path,
    objects: Objects<'_, '_>,
) -> Result<bool, Refusal> {
    let mut tree = context.draft_tree(instance, &mut *objects);
    if tree.find(instance).is_ok() {
        return Ok(false);
    }
    let id = instance.instance_id().unwrap_or_default();
    let accounts = &mut context.accounts;
    let drafted = &mut accounts.draft.securities;
    let in_force = &accounts.in_force.securities;
    match instance.object_id() {
        Some(SECURITY) => match in_force.own().filter(|own| own.id == id) {
            // What is there of the bootstrap server's own account is a part of the new one.
            Some(own) => drafted.copy(in_force, own)?,
            None => drafted.create(id)?,
        },
        Some(SERVER) => accounts
            .draft
            .servers
            .insert(Server::written(&context.config, id))?,
        _ => creatable::create_instance(&mut context.tree(objects), instance)?,
    }
    Ok(true)
}

/// Bootstrap-Delete (6.1.7.6). With the accounts go the rights of servers, and the application's
/// instances that can come back where the bootstrap breaks off.
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
        if feature::BootstrapTransaction::IS_ON {
            delete_all(objects);
        }
    } else {
        remove(context, path, objects)?;
    }
    Ok(Response::code(ResponseType::Deleted))
}

/// Removes an instance, or all instances of an object, where the object lets them go.
pub(super) fn remove(
    context: &mut Context<'_>,
    path: Path,
    objects: Objects<'_, '_>,
) -> Result<(), Refusal> {
    let draft = &mut context.accounts.draft;
    match path.object_id() {
        Some(SECURITY) => draft.securities.remove(path.instance_id()),
        Some(SERVER) => draft.servers.remove(path.instance_id()),
        _ => return delete(&mut context.tree(objects), path),
    }
    Ok(())
}

/// Bootstrap-Finish (6.1.7.7). What does not fit together may be mended, and finished again.
#[inline(never)]
fn finish(scope: &mut Scope<'_, '_, '_>, message: &Message<'_>) -> Result<Response, Refusal> {
    let Scope {
        context, objects, ..
    } = scope;
    if !bring_into_force(context, objects) {
        scope.outcome = Outcome::BootstrapRefused(feature::Bootstrap::On);
        return Err(Refusal::NotAcceptable);
    }
    scope.outcome = Outcome::BootstrapFinished(message.id, message.token, feature::Bootstrap::On);
    Ok(Response::code(ResponseType::Changed))
}

/// Brings what was written into force, where the accounts fit together; whether they do.
pub(super) fn bring_into_force(context: &mut Context<'_>, objects: Objects<'_, '_>) -> bool {
    let (id, now) = (context.server.short_server_id, context.now());
    let Some(server) = context.accounts.finish_draft(id, now) else {
        return false;
    };
    context.server = server;
    if feature::AccessControl::IS_ON {
        unbootstrap(context, objects);
    }
    context.commit_transaction(objects);
    context.accounts.draft.clear();
    // Another server has no part in what the one before has set.
    context.attributes.remove(Path::ROOT);
    true
}

/// Servers that had an account before the Finish, and have none any longer, have no rights either; what
/// nobody else has a right to is deleted (LwM2M Transport 1.1, 5.2.5).
fn unbootstrap(context: &mut Context<'_>, objects: Objects<'_, '_>) {
    let Context {
        accounts,
        server,
        device,
        ..
    } = context;
    let mut tree = Tree::new(server, device, objects);
    let before = accounts.draft.securities.servers();
    let left = || accounts.in_force.securities.servers();
    for gone in before.filter(|id| left().all(|left| left != *id)) {
        let mut last = None;
        // The same again is one that its object keeps.
        while let Some(instance) = tree
            .server_removed(gone, &|index| left().nth(index))
            .filter(|instance| last != Some(*instance))
        {
            if creatable::delete_instance(&mut tree, instance).is_ok() {
                tree.disown(instance);
            }
            last = Some(instance);
        }
    }
}

/// Deletes an instance of the application's, or all instances of an object, where it lets them go.
fn delete(tree: &mut Tree<'_, '_>, path: Path) -> Result<(), Refusal> {
    tree.find(path)?;
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

/// Deletes the instances of the application's objects that take part in the transaction, as far as they
/// let them go; the Device stays.
fn delete_all(objects: Objects<'_, '_>) {
    for object in objects {
        if object.definition().id == DEVICE || !takes_part(&mut **object) {
            continue;
        }
        let mut kept = 0;
        while let Some(id) = object.instance(kept) {
            let deleted = object.creatable().map(|object| object.delete(id));
            if deleted != Some(Ok(())) || object.instance(kept) == Some(id) {
                kept += 1;
            }
        }
    }
}
