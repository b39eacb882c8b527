//! Bootstrap-Pack (LwM2M Core 1.2, 6.1.7.7): for each object in it, its instances take the place of all that
//! there are; other objects stay as they are.

use crate::context::Context;
use crate::error::Refusal;
use crate::feature;
use crate::format::{self, Body, SENML_CBOR};
use crate::model::ids::SERVER;
use crate::model::path::Path;
use crate::model::tree::Objects;
use crate::requests::bootstrap::{bring_into_force, remove, write_body};

/// Carries out a pack in SenML-CBOR, and brings its accounts into force; whether that can be. Where it
/// cannot, the draft and the objects' transaction are for whoever asked to give up.
pub(crate) fn carry_out(context: &mut Context<'_>, objects: Objects<'_, '_>, pack: &[u8]) -> bool {
    context.begin_transaction(&mut *objects);
    replace_all(context, &mut *objects, pack).is_ok() && bring_into_force(context, objects)
}

fn replace_all(
    context: &mut Context<'_>,
    objects: Objects<'_, '_>,
    pack: &[u8],
) -> Result<(), Refusal> {
    // SenML-CBOR has its values as they are.
    let mut body = Body::new(Some(SENML_CBOR), pack, &mut []);
    let mut last = None;
    while let Some(id) = next_object(&mut body, last)? {
        // Objects 0 and 1 come first: where the accounts do not fit together, nothing else is touched.
        if id > SERVER && !context.accounts.draft.are_consistent() {
            return Err(Refusal::NotAcceptable);
        }
        let object = Path::object(id);
        // What cannot be deleted, such as the Device, is written over.
        let _ = remove(context, object, &mut *objects);
        let mut part = Body::new(Some(SENML_CBOR), pack, &mut []);
        part.set_part(id, feature::BootstrapPack::On);
        write_body(context, object, &mut part, &mut *objects)?;
        last = Some(id);
    }
    Ok(())
}

/// The next object behind `last` that a pack has something of.
fn next_object(body: &mut Body<'_>, last: Option<u16>) -> Result<Option<u16>, Refusal> {
    let mut next: Option<u16> = None;
    format::decode(body, Path::ROOT, &mut |path, _| {
        let id = path.object_id().filter(|id| Some(*id) > last);
        next = [next, id].into_iter().flatten().min();
        Ok(())
    })?;
    Ok(next)
}
