//! The text of an object link, `object:instance` (LwM2M Core 1.1, Appendix C).

use crate::buffer::Buffer;
use crate::model::value::ObjectLink;
use crate::number::digits;
use crate::split::split;

/// An object link's text, `object:instance`.
pub(crate) fn parse(text: &[u8]) -> Option<ObjectLink> {
    let (object, behind) = split(text, b':');
    Some(ObjectLink {
        object: digits::parse(object)?,
        instance: digits::parse(behind.get(1..)?)?,
    })
}

pub(crate) fn put(buffer: &mut Buffer<'_>, link: ObjectLink) {
    buffer.number(link.object.into());
    buffer.byte(b':');
    buffer.number(link.instance.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_links_are_two_ids() {
        let link = ObjectLink {
            object: 10,
            instance: 65535,
        };
        assert_eq!(parse(b"10:65535"), Some(link));
        for wrong in ["", ":", "1:", ":1", "1:2:3", "1:65536", "a:1"] {
            assert_eq!(parse(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
