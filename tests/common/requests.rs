//! The requests of a server by hand, and what comes of them in words.

use coap_lite::{CoapOption, RequestType};
use demo_server::format::{self, LINK_FORMAT, SENML_CBOR};

use super::manual::{Manual, code, text, with_accept, with_body};

impl Manual {
    /// The values that a Read gives, one line each; the code where it is refused.
    pub fn lines(&mut self, path: &str) -> Vec<String> {
        let request = self.request(RequestType::Get, path);
        let answer = self.ask(&with_accept(request, SENML_CBOR));
        if code(&answer) != "2.05" {
            return vec![code(&answer)];
        }
        let entries = format::decode(path, Some(SENML_CBOR), &answer.payload).expect("decodes");
        entries.iter().map(|entry| entry.to_string()).collect()
    }

    /// What Discover tells; the code where it is refused.
    pub fn discover(&mut self, path: &str) -> String {
        let request = self.request(RequestType::Get, path);
        let answer = self.ask(&with_accept(request, LINK_FORMAT));
        match code(&answer).as_str() {
            "2.05" => text(&answer).to_owned(),
            refused => refused.to_owned(),
        }
    }

    /// Writes attributes, `pmin=10&gt=5`; the code of the answer.
    #[track_caller]
    pub fn write_attributes(&mut self, path: &str, attributes: &str) -> String {
        let mut request = self.request(RequestType::Put, path);
        for attribute in attributes.split('&') {
            request.add_option(CoapOption::UriQuery, attribute.into());
        }
        let said = self.say(&request);
        let answer = said.first().expect("an answer");
        assert_eq!(answer.get_token(), request.get_token());
        code(answer)
    }

    /// The code of the answer to a PUT.
    pub fn put(&mut self, path: &str, format: u16, body: &[u8]) -> String {
        self.deliver_body(RequestType::Put, path, format, body)
    }

    /// The code of the answer to a POST with a body.
    pub fn post(&mut self, path: &str, format: u16, body: &[u8]) -> String {
        self.deliver_body(RequestType::Post, path, format, body)
    }

    /// The code of the answer to an Execute without arguments.
    pub fn execute(&mut self, path: &str) -> String {
        let request = self.request(RequestType::Post, path);
        code(&self.say(&request)[0])
    }

    /// The code of the answer to a Delete.
    pub fn delete(&mut self, path: &str) -> String {
        let request = self.request(RequestType::Delete, path);
        code(&self.say(&request)[0])
    }

    fn deliver_body(
        &mut self,
        method: RequestType,
        path: &str,
        format: u16,
        body: &[u8],
    ) -> String {
        let request = self.request(method, path);
        code(&self.say(&with_body(request, format, body))[0])
    }
}
