//! Write-Attributes (LwM2M Core 1.1, 6.3.4): the server says when it wants to be notified.

use coap_lite::{CoapOption, ResponseType};

use crate::client::Client;
use crate::client::management::Answer;
use crate::coap::Message;
use crate::error::Refusal;
use crate::model::attributes::Changes;
use crate::model::object::Operations;
use crate::model::path::Path;
#[cfg(feature = "access-control")]
use crate::model::rights::Rights;
use crate::model::tree::{Objects, has_instance};
use crate::model::value::Type;

impl Client<'_> {
    /// Writes all that the queries ask for, or nothing.
    pub(super) fn write_attributes(
        &mut self,
        path: Path,
        message: &Message<'_>,
        objects: Objects<'_, '_>,
    ) -> Result<Answer, Refusal> {
        let kind = self.kind_of(path, objects)?;
        if !message.payload.is_empty() {
            return Err(Refusal::BadRequest);
        }
        let mut changes = Changes::default();
        for (number, value) in message.options() {
            if number == u16::from(CoapOption::UriQuery) {
                changes.add(value).ok_or(Refusal::BadRequest)?;
            }
        }
        self.observations.attributes.write(path, kind, &changes)?;
        Ok(Answer::code(ResponseType::Changed))
    }

    /// The type of the readable resource, or of its instance, at a path; `None` for what is above
    /// resources.
    fn kind_of(&mut self, path: Path, objects: Objects<'_, '_>) -> Result<Option<Type>, Refusal> {
        let mut tree = self.tree(objects);
        #[cfg(feature = "access-control")]
        tree.require(Rights::READ, path)?;
        if path.depth() < 3 {
            return tree.walk(path, &mut |_, _, _| {}).map(|()| None);
        }
        let (object, definition) = tree.resource(path)?;
        if path.depth() > 3 && !(definition.multiple && has_instance(object, &path.at())) {
            return Err(Refusal::NotFound);
        }
        if !definition.operations.allow(Operations::R) {
            return Err(Refusal::MethodNotAllowed);
        }
        Ok(Some(definition.kind))
    }
}
