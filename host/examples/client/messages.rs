//! CoAP messages, a line each.

use std::collections::VecDeque;
use std::fmt::Write;

use client_lite_host::Direction;
use coap_lite::option_value::OptionValueU16;
use coap_lite::{CoapOption, MessageClass, MessageType, Packet, RequestType};
use demo_server::{escape, format};

/// Describes messages; an answer is described with the path of its request.
#[derive(Default)]
pub struct Messages {
    /// The newest requests without an answer, and the observations.
    requests: VecDeque<Request>,
}

struct Request {
    direction: Direction,
    token: Vec<u8>,
    id: u16,
    method: String,
    path: String,
}

impl Messages {
    /// A message in one line, such as `ACK 2.05 Content [senml-cbor] /3303/0/5700 = 22.5`, whatever
    /// its sender has put into it.
    ///
    /// What is at or below /0 is not shown, since keys are there, and neither is what may be.
    pub fn describe(&mut self, direction: Direction, packet: &Packet) -> String {
        let details = match packet.header.code {
            MessageClass::Request(method) => self.request(direction, packet, name(method)),
            MessageClass::Response(_) => self.response(direction, packet),
            _ => String::new(),
        };
        title(packet) + &details
    }

    /// What stands behind the title.
    fn request(&mut self, direction: Direction, packet: &Packet, method: String) -> String {
        let path = path(packet);
        let observing = match packet.get_observe_value().and_then(Result::ok) {
            Some(0) => " observe",
            Some(_) => " observe no longer",
            None => "",
        };
        let line = format!(
            "{}{observing}{}{}",
            query(packet),
            blocks(packet),
            content(packet, &path),
        );
        let (token, id) = (packet.get_token().to_vec(), packet.header.message_id);
        if direction == Direction::Out {
            self.auto_observe(packet);
        }
        self.keep(Request {
            direction,
            token,
            id,
            method,
            path,
        });
        line
    }

    fn response(&mut self, direction: Direction, packet: &Packet) -> String {
        let request = self.take_request(direction, packet);
        let mut line = String::new();
        let observe = packet.get_observe_value().and_then(Result::ok);
        if let Some(number) = observe {
            let _ = write!(line, " observe {number}");
        }
        line += &blocks(packet);
        let location = texts(packet, CoapOption::LocationPath).join("/");
        if !location.is_empty() {
            let _ = write!(line, ", location /{}", escape(&location));
        }
        match &request {
            Some(request) if packet.payload.is_empty() && location.is_empty() => {
                let _ = write!(
                    line,
                    ", answers {} {}",
                    request.method,
                    escape(&request.path)
                );
            }
            Some(request) => line += &content(packet, &request.path),
            None if packet.payload.is_empty() => line += ", answers nothing",
            // It may be about anything.
            None => line += " (not shown: it answers nothing)",
        }
        if observe.is_some()
            && let Some(observed) = request
        {
            self.keep(observed);
        }
        line
    }

    /// The request that a message answers. An answer in an acknowledgement has its message id.
    fn take_request(&mut self, direction: Direction, answer: &Packet) -> Option<Request> {
        let piggybacked = answer.header.get_type() == MessageType::Acknowledgement;
        let index = self.requests.iter().rposition(|request| {
            request.direction != direction
                && request.token == answer.get_token()
                && (!piggybacked || request.id == answer.header.message_id)
        })?;
        self.requests.remove(index)
    }

    fn keep(&mut self, request: Request) {
        self.requests.retain(|other| {
            (other.direction, &other.token, other.id)
                != (request.direction, &request.token, request.id)
        });
        if self.requests.len() >= MOST_REQUESTS {
            self.requests.pop_front();
        }
        self.requests.push_back(request);
    }

    /// Izuma's profile: the object list names what is notified without a request, and the tokens.
    fn auto_observe(&mut self, packet: &Packet) {
        if content_format(packet) != Some(format::LINK_FORMAT) {
            return;
        }
        for link in String::from_utf8_lossy(&packet.payload).split(',') {
            let mut parts = link.split(';');
            let path = parts.next().unwrap_or_default();
            let token = parts.find_map(|part| part.strip_prefix("aobs=")?.parse::<u16>().ok());
            if let Some(token) = token {
                self.keep(Request {
                    direction: Direction::In,
                    token: token.to_be_bytes().into(),
                    id: 0,
                    method: "GET".into(),
                    path: path.trim_matches(['<', '>']).into(),
                });
            }
        }
    }
}

/// What begins the line of a message, such as `CON GET /3303/0/5700`, and is enough for one that has been there
/// before.
pub fn title(packet: &Packet) -> String {
    let kind = match packet.header.get_type() {
        MessageType::Confirmable => "CON",
        MessageType::NonConfirmable => "NON",
        MessageType::Acknowledgement => "ACK",
        MessageType::Reset => "RST",
    };
    match packet.header.code {
        MessageClass::Empty if kind == "CON" => "CON, a ping".into(),
        MessageClass::Empty => format!("{kind}, empty"),
        MessageClass::Request(method) => {
            format!("{kind} {} {}", name(method), escape(&path(packet)))
        }
        code @ MessageClass::Response(name) => format!("{kind} {code} {name:?}"),
        code => format!("{kind} {code}"),
    }
}

fn name(method: RequestType) -> String {
    format!("{method:?}").to_uppercase()
}

/// The path, as it came.
pub fn path(packet: &Packet) -> String {
    format!("/{}", texts(packet, CoapOption::UriPath).join("/"))
}

fn query(packet: &Packet) -> String {
    match texts(packet, CoapOption::UriQuery).join("&") {
        none if none.is_empty() => none,
        query => format!("?{}", escape(&query)),
    }
}

fn texts(packet: &Packet, option: CoapOption) -> Vec<String> {
    let values = packet.get_option(option).into_iter().flatten();
    values
        .map(|value| String::from_utf8_lossy(value).into_owned())
        .collect()
}

/// Block numbers (RFC 7959, 2.2), such as ` Block2 3 (64 B, more follow)`.
fn blocks(packet: &Packet) -> String {
    let mut text = String::new();
    for option in [CoapOption::Block1, CoapOption::Block2] {
        if let Some(block) = block(packet, option) {
            let size = match 1 << (4 + (block & 7)) {
                2048 => "of a reserved size".into(),
                size => format!("{size} B"),
            };
            let more = match block >> 3 & 1 {
                0 => "",
                _ => ", more follow",
            };
            let _ = write!(text, " {option:?} {} ({size}{more})", block >> 4);
        }
    }
    text
}

/// The value of a block option; `None` where there is none, or one that is too long.
fn block(packet: &Packet, option: CoapOption) -> Option<u32> {
    let bytes = packet.get_first_option(option)?;
    let number = |bytes: &[u8]| bytes.iter().fold(0, |n, byte| n << 8 | u32::from(*byte));
    (bytes.len() <= 3).then(|| number(bytes))
}

/// Whether the payload is one block of several.
fn is_part(packet: &Packet) -> bool {
    let option = match packet.header.code {
        MessageClass::Request(_) => CoapOption::Block1,
        _ => CoapOption::Block2,
    };
    // All but a first block without more.
    block(packet, option).is_some_and(|block| block >> 3 != 0)
}

fn content(packet: &Packet, path: &str) -> String {
    let payload = packet.payload.as_slice();
    if payload.is_empty() {
        return String::new();
    }
    let is_error = matches!(packet.header.code, MessageClass::Response(code) if code.is_error());
    let (name, text) = match content_format(packet) {
        None if is_error => return format!(": {}", format::diagnostic(path, payload)),
        None => return format!(" {}", format::text(path, None, payload)),
        Some(number) => (
            format_name(number),
            format::text(path, Some(number), payload),
        ),
    };
    match content_format(packet) {
        Some(format::TEXT | format::LINK_FORMAT) => format!(" [{name}] {text}"),
        _ if is_part(packet) => format!(" [{name}] (part of a body)"),
        _ => format!(" [{name}] {text}"),
    }
}

fn content_format(packet: &Packet) -> Option<u16> {
    let option = packet.get_first_option_as::<OptionValueU16>(CoapOption::ContentFormat);
    Some(option?.ok()?.0)
}

fn format_name(content_format: u16) -> String {
    match content_format {
        format::TEXT => "text".into(),
        format::LINK_FORMAT => "link-format".into(),
        format::OPAQUE => "opaque".into(),
        format::CBOR => "cbor".into(),
        format::SENML_JSON => "senml-json".into(),
        format::SENML_CBOR => "senml-cbor".into(),
        format::TLV => "tlv".into(),
        other => other.to_string(),
    }
}

/// Enough for a server that asks for much and is answered late.
const MOST_REQUESTS: usize = 1000;

#[cfg(test)]
mod tests {
    use coap_lite::ResponseType;
    use data_encoding::HEXLOWER;
    use demo_server::format::Value;

    use super::*;

    const KEY: &str = "a-very-secret-key";

    fn request(method: RequestType, path: &[&str]) -> Packet {
        let mut packet = Packet::new();
        packet.header.code = MessageClass::Request(method);
        packet.header.message_id = 7;
        packet.set_token(b"T".to_vec());
        for segment in path {
            packet.add_option(CoapOption::UriPath, segment.as_bytes().into());
        }
        packet
    }

    fn response(code: ResponseType) -> Packet {
        let mut packet = Packet::new();
        packet.header.code = MessageClass::Response(code);
        packet.header.set_type(MessageType::Acknowledgement);
        packet.header.message_id = 7;
        packet.set_token(b"T".to_vec());
        packet
    }

    fn with(mut packet: Packet, content_format: Option<u16>, payload: &[u8]) -> Packet {
        if let Some(number) = content_format {
            packet.add_option_as(CoapOption::ContentFormat, OptionValueU16(number));
        }
        packet.payload = payload.into();
        packet
    }

    fn block(mut packet: Packet, option: CoapOption, value: &[u8]) -> Packet {
        packet.add_option(option, value.into());
        packet
    }

    fn coming(packet: &Packet) -> String {
        Messages::default().describe(Direction::In, packet)
    }

    #[test]
    fn an_answer_is_shown_with_the_path_of_its_request() {
        let mut messages = Messages::default();
        let get = Packet::from_bytes(b"\x41\x01\x12\x34T\xb43303\x010\x045700").unwrap();
        let line = messages.describe(Direction::In, &get);
        assert_eq!(line, "CON GET /3303/0/5700");
        // Another one that this device makes, with the same token.
        messages.describe(Direction::Out, &request(RequestType::Post, &["rd"]));
        let content = Packet::from_bytes(b"\x61\x45\x12\x34T\xc0\xff22.5").unwrap();
        let line = messages.describe(Direction::Out, &content);
        assert_eq!(line, "ACK 2.05 Content [text] /3303/0/5700 = 22.5");
    }

    #[test]
    fn an_observation_is_known_however_much_is_asked_meanwhile() {
        let mut messages = Messages::default();
        let mut observe = request(RequestType::Get, &["3303", "0", "5700"]);
        observe.set_observe_value(0);
        messages.describe(Direction::In, &observe);
        for number in 0..2000_u16 {
            let mut get = request(RequestType::Get, &["3"]);
            get.set_token(number.to_be_bytes().into());
            messages.describe(Direction::In, &get);
            let mut content = with(response(ResponseType::Content), Some(format::TEXT), b"22.5");
            content.set_observe_value(number.into());
            content.header.set_type(MessageType::NonConfirmable);
            let line = messages.describe(Direction::Out, &content);
            assert!(line.ends_with("/3303/0/5700 = 22.5"), "{line}");
        }
        assert_eq!(messages.requests.len(), MOST_REQUESTS);
    }

    #[test]
    fn a_place_of_the_object_list_is_notified_with_its_path() {
        let mut messages = Messages::default();
        let list = b"</3200/0>,</3200/0/5501>;aobs=258";
        let register = with(request(RequestType::Post, &["rd"]), Some(40), list);
        messages.describe(Direction::Out, &register);
        let mut content = with(response(ResponseType::Content), Some(format::TEXT), b"1");
        content.header.set_type(MessageType::Confirmable);
        content.set_observe_value(0);
        content.set_token(vec![1, 2]);
        let line = messages.describe(Direction::Out, &content);
        assert_eq!(line, "CON 2.05 Content observe 0 [text] /3200/0/5501 = 1");
    }

    #[test]
    fn block_numbers_are_shown() {
        let put = request(RequestType::Put, &["33000", "0", "3"]);
        let put = block(put, CoapOption::Block1, b"\x1a");
        let line = coming(&with(put, Some(format::OPAQUE), b"ab"));
        assert_eq!(
            line,
            "CON PUT /33000/0/3 Block1 1 (64 B, more follow) [opaque] (part of a body)"
        );
        let get = request(RequestType::Get, &["3"]);
        let get = block(get, CoapOption::Block2, b"\x01\x06");
        assert_eq!(coming(&get), "CON GET /3 Block2 16 (1024 B)");
        let get = request(RequestType::Get, &["3"]);
        let get = block(get, CoapOption::Block2, b"\x07");
        assert_eq!(coming(&get), "CON GET /3 Block2 0 (of a reserved size)");
        let get = request(RequestType::Get, &["3"]);
        let get = block(get, CoapOption::Block2, b"");
        assert_eq!(coming(&get), "CON GET /3 Block2 0 (16 B)");
        let answer = response(ResponseType::Continue);
        let line = coming(&block(answer, CoapOption::Block1, b"\x0a"));
        assert_eq!(
            line,
            "ACK 2.31 Continue Block1 0 (64 B, more follow), answers nothing"
        );
    }

    /// A key of a Security instance, in each format.
    fn keys() -> Vec<(Option<u16>, Vec<u8>)> {
        let resources = [(5, Value::Opaque(KEY.into()))];
        let json = br#"[{"bn":"/0/1/","n":"5","vs":"a-very-secret-key"}]"#;
        let tlv = format::encode(format::TLV, "/0/1", &resources).unwrap();
        let senml = format::encode(format::SENML_CBOR, "/0/1", &resources).unwrap();
        vec![
            (None, KEY.into()),
            (Some(format::TEXT), KEY.into()),
            (Some(format::OPAQUE), KEY.into()),
            (Some(format::LINK_FORMAT), KEY.into()),
            (Some(format::SENML_JSON), json.into()),
            (Some(format::SENML_CBOR), senml),
            (Some(1542), tlv.clone()),
            (Some(11543), json.into()),
            (
                Some(11544),
                [b"\xa1\x00\xa1\x01\xa1\x05\x51", KEY.as_bytes()].concat(),
            ),
            (Some(format::TLV), tlv),
        ]
    }

    #[test]
    fn a_key_is_never_shown() {
        let hides = |line: &str| {
            let hex = HEXLOWER.encode(KEY.as_bytes());
            assert!(!line.contains(KEY) && !line.contains(&hex), "{line}");
        };
        for (format, body) in keys() {
            for path in [
                &["0"][..],
                &["0", "1"],
                &["0", "1", "5"],
                &["0/1"],
                &["", "0"],
            ] {
                let put = with(request(RequestType::Put, path), format, &body);
                hides(&coming(&put));
                let part = block(put.clone(), CoapOption::Block1, b"\x08");
                hides(&coming(&part));
                let mut messages = Messages::default();
                messages.describe(Direction::In, &request(RequestType::Get, path));
                for code in [ResponseType::Content, ResponseType::BadRequest] {
                    hides(&messages.describe(Direction::Out, &with(response(code), format, &body)));
                }
            }
            // Of a link format there are paths only.
            if format == Some(format::LINK_FORMAT) {
                continue;
            }
            for method in [RequestType::IPatch, RequestType::Fetch, RequestType::Put] {
                let composite = with(request(method, &[]), format, &body);
                hides(&coming(&composite));
                let mut messages = Messages::default();
                messages.describe(Direction::In, &request(method, &[]));
                let content = with(response(ResponseType::Content), format, &body);
                hides(&messages.describe(Direction::Out, &content));
            }
            // An answer to a request that was not seen, or was answered before.
            let content = with(response(ResponseType::Content), format, &body);
            hides(&Messages::default().describe(Direction::Out, &content));
        }
    }

    #[test]
    fn what_others_say_stays_in_its_line() {
        const HOSTILE: &str = "\u{1b}[2K\n   0.000  event  forged\u{202e}";
        let stays = |line: &str| {
            assert!(!line.contains(['\u{1b}', '\n', '\u{202e}']), "{line}");
            assert!(line.contains(r"\u{1b}[2K\n"), "{line}");
        };
        let path = request(RequestType::Get, &[HOSTILE]);
        stays(&coming(&path));
        let mut messages = Messages::default();
        messages.describe(Direction::In, &path);
        let answer = response(ResponseType::NotFound);
        stays(&messages.describe(Direction::Out, &answer));
        let mut query = request(RequestType::Get, &["3"]);
        query.add_option(CoapOption::UriQuery, HOSTILE.into());
        stays(&coming(&query));
        let mut created = response(ResponseType::Created);
        created.add_option(CoapOption::LocationPath, HOSTILE.into());
        stays(&coming(&created));
        for format in [None, Some(format::TEXT), Some(format::LINK_FORMAT)] {
            let put = request(RequestType::Put, &["3", "0", "15"]);
            stays(&coming(&with(put, format, HOSTILE.as_bytes())));
        }
        let mut messages = Messages::default();
        messages.describe(Direction::Out, &request(RequestType::Post, &["rd"]));
        let refused = with(response(ResponseType::Forbidden), None, HOSTILE.as_bytes());
        let line = messages.describe(Direction::In, &refused);
        stays(&line);
        assert!(line.starts_with("ACK 4.03 Forbidden: "), "{line}");
    }
}
