//! The link format of Register's object list and of Discover.

use std::boxed::Box;
use std::format;
use std::string::String;
use std::vec::Vec;

use coap_lite::link_format::LinkFormatParser;

use super::*;
use crate::format::link;
use crate::model::object::{At, Object, ObjectDefinition, Operations, ResourceDefinition};
use crate::model::tree::Tree;

/// 6.2.1: the list of Register, and 6.3.2: what Discover tells.
#[test]
fn link_format() {
    let mut tree = [
        Sketch::new(1, (1, 1), &[0, 1], &[]),
        Sketch::new(
            3,
            (1, 1),
            &[0],
            &[(0, false), (4, false), (6, true), (16, false)],
        ),
        Sketch::new(5, (2, 0), &[], &[]),
        Sketch::new(3303, (1, 1), &[0, 65_534], &[(5700, false)]),
        Sketch::new(3200, (1, 0), &[0], &[(5501, false)]),
    ];
    let [server, device, rest @ ..] = &mut tree;
    let mut objects: Vec<&mut dyn Object> = rest.iter_mut().map(|object| object as _).collect();
    let mut tree = Tree::new(server, device, &mut objects);

    let list = "</>;ct=112,</1/0>,</1/1>,</3/0>,</5>;ver=2.0,\
                </3303>;ver=1.1,</3303/0>,</3303/65534>,</3200/0>";
    let text = text_of(|buffer| link::object_list(&mut tree, buffer));
    assert_eq!(text, list);
    assert_eq!(parsed(&text), list.split(',').collect::<Vec<_>>());

    for (path, links) in [
        (
            "/3",
            "</3>,</3/0>,</3/0/0>,</3/0/4>,</3/0/6>;dim=2,</3/0/16>",
        ),
        ("/3/0", "</3/0>,</3/0/0>,</3/0/4>,</3/0/6>;dim=2,</3/0/16>"),
        ("/3/0/6", "</3/0/6>;dim=2,</3/0/6/0>,</3/0/6/1>"),
        ("/3/0/6/1", "</3/0/6/1>"),
        ("/5", "</5>;ver=2.0"),
        ("/3303/65534", "</3303/65534>,</3303/65534/5700>"),
    ] {
        let path = path.parse().expect("a path");
        let text =
            text_of(|buffer| link::discover(&mut tree, path, buffer, |_, _| {}).expect("is there"));
        assert_eq!(text, links);
        assert_eq!(parsed(&text), links.split(',').collect::<Vec<_>>());
    }
    for path in ["/4", "/3/1", "/3/0/1", "/5/0"] {
        let path = path.parse().expect("a path");
        let answer = link::discover(&mut tree, path, &mut Buffer::new(&mut [0; 64]), |_, _| {});
        assert_eq!(answer, Err(Refusal::NotFound), "{path}");
    }
}

fn text_of(write: impl FnOnce(&mut Buffer<'_>)) -> String {
    let mut bytes = [0; 256];
    let mut buffer = Buffer::new(&mut bytes);
    write(&mut buffer);
    String::from_utf8(buffer.written_since(0).to_vec()).expect("UTF-8")
}

/// The links as coap-lite finds them.
fn parsed(text: &str) -> Vec<String> {
    let links = LinkFormatParser::new(text).map(|link| {
        let (target, attributes) = link.expect("a link");
        let attributes = attributes.map(|(name, value)| format!(";{name}={}", value.to_cow()));
        format!("<{target}>{}", attributes.collect::<String>())
    });
    links.collect()
}

/// An object of which only the outline matters; its multiple resources have two instances.
struct Sketch {
    definition: ObjectDefinition,
    instances: Vec<u16>,
}

impl Sketch {
    fn new(id: u16, version: (u8, u8), instances: &[u16], resources: &[(u16, bool)]) -> Self {
        let resources = resources.iter().map(|(id, multiple)| {
            let resource = ResourceDefinition::new(*id, Type::Integer, Operations::R);
            if *multiple {
                resource.multiple()
            } else {
                resource
            }
        });
        let resources = Box::leak(resources.collect());
        Self {
            definition: ObjectDefinition {
                id,
                version,
                resources,
            },
            instances: instances.to_vec(),
        }
    }
}

impl Object for Sketch {
    fn definition(&self) -> &ObjectDefinition {
        &self.definition
    }

    fn instance(&self, index: usize) -> Option<u16> {
        self.instances.get(index).copied()
    }

    fn resource_instance(&self, _: At, index: usize) -> Option<u16> {
        (index < 2).then_some(index as u16)
    }

    fn read(&mut self, _: At) -> Result<Value<'_>, Refusal> {
        Ok(Value::Integer(0))
    }
}
