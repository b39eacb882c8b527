//! The bootstrap interface, client-initiated (OMA LwM2M 1.1 Core, 6.1).

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use coap_lite::option_value::{OptionValueU16, OptionValueU32};
use coap_lite::{CoapOption, MessageClass, Packet, RequestType, ResponseType};

use super::requests::{Exchange, Purpose, Request, packet};
use super::{Refusal, Server, content_format, number, refusal, response, texts};
use crate::format::{self, SENML_CBOR};
use crate::{BootstrapOperation, Event};

/// A bootstrap under way.
pub(super) struct Bootstrap {
    endpoint: String,
    /// The client's preferred content format.
    preferred: Option<u16>,
    /// What is left to send, before the Finish.
    operations: VecDeque<BootstrapOperation>,
    step: Step,
    /// The path of a Discover or Read whose answer is awaited.
    asked: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The next operation, or the Finish, can go.
    Ready,
    /// An answer is awaited.
    Operation,
    /// The Finish's answer is awaited.
    Finish,
}

impl Server {
    pub(super) fn begin_bootstrap(
        &mut self,
        peer: SocketAddr,
        packet: &Packet,
    ) -> Result<Packet, Refusal> {
        let bad = |reason: String| refusal(ResponseType::BadRequest, reason);
        let (mut endpoint, mut preferred) = (String::new(), None);
        for query in texts(packet, CoapOption::UriQuery) {
            match query.split_once('=') {
                Some(("ep", name)) => endpoint = name.to_owned(),
                Some(("pct", format)) => {
                    let format: u16 = format
                        .parse()
                        .map_err(|_| bad(format!("pct={format} is not a content format")))?;
                    preferred = Some(format);
                }
                _ => {}
            }
        }
        if endpoint.is_empty() {
            return Err(bad("ep is missing".into()));
        }
        let Some(operations) = self.config.bootstrap.get(&endpoint) else {
            return Err(bad(format!("no bootstrap account for \"{endpoint}\"")));
        };
        if let Some(format) = preferred
            && !operations
                .iter()
                .all(|operation| operation.content.supports(format))
        {
            let reason = format!("pct={format} is not supported");
            return Err(refusal(ResponseType::UnsupportedContentFormat, reason));
        }
        let most = self.config.registrations;
        if self.bootstraps.len() >= most && !self.bootstraps.contains_key(&peer) {
            let reason =
                format!("{most} clients are being bootstrapped, and there is no room for more");
            return Err(refusal(ResponseType::ServiceUnavailable, reason));
        }
        let operations = operations.iter().cloned().collect();
        self.end_bootstrap(peer);
        let bootstrap = Bootstrap {
            endpoint: endpoint.clone(),
            preferred,
            operations,
            step: Step::Ready,
            asked: None,
        };
        self.bootstraps.insert(peer, bootstrap);
        self.events
            .push_back(Event::BootstrapRequested { endpoint, peer });
        Ok(response(ResponseType::Changed))
    }

    /// All instances that the client would be written, or a block of them (RFC 7959).
    pub(super) fn bootstrap_pack(
        &mut self,
        peer: SocketAddr,
        packet: &Packet,
    ) -> Result<Packet, Refusal> {
        if !self.config.bootstrap_packs {
            return Err(refusal(ResponseType::NotFound, "there is no /bspack"));
        }
        let bad = |reason: &str| refusal(ResponseType::BadRequest, reason);
        let query = texts(packet, CoapOption::UriQuery);
        let mut names = query.iter().filter_map(|one| one.strip_prefix("ep="));
        let endpoint = names.next().ok_or_else(|| bad("ep is missing"))?.to_owned();
        let Some(operations) = self.config.bootstrap.get(&endpoint) else {
            return Err(bad(&format!("no bootstrap account for \"{endpoint}\"")));
        };
        if number(packet, CoapOption::Accept) != Some(SENML_CBOR.into()) {
            let reason = "a pack is in SenML-CBOR";
            return Err(refusal(ResponseType::NotAcceptable, reason));
        }
        let pack = format::encode_pack(operations).ok_or_else(|| {
            let reason = "what is written is not in a form for packs";
            refusal(ResponseType::InternalServerError, reason)
        })?;
        let asked = number(packet, CoapOption::Block2);
        let (block, exponent) = asked.map_or((0, LARGEST_BLOCK), |asked| {
            ((asked >> 4) as usize, (asked & 7).min(LARGEST_BLOCK))
        });
        let size = 16 << exponent;
        let start = (block * size).min(pack.len());
        let end = (start + size).min(pack.len());
        let mut answer = response(ResponseType::Content);
        answer.add_option_as(CoapOption::ContentFormat, OptionValueU16(SENML_CBOR));
        if asked.is_some() || end < pack.len() {
            let more = u32::from(end < pack.len());
            let value = (block as u32) << 4 | more << 3 | exponent;
            answer.add_option_as(CoapOption::Block2, OptionValueU32(value));
        }
        answer.payload = pack[start..end].to_vec();
        if end == pack.len() {
            self.events
                .push_back(Event::BootstrapPack { endpoint, peer });
        }
        Ok(answer)
    }

    pub(super) fn send_next_bootstrap_operation(&mut self, now: Duration, peer: SocketAddr) {
        let Some(bootstrap) = self.bootstraps.get_mut(&peer) else {
            return;
        };
        if bootstrap.step != Step::Ready {
            return;
        }
        let (subject, packet) = match bootstrap.operations.pop_front() {
            Some(operation) => {
                bootstrap.step = Step::Operation;
                let mut request = Request::new(operation.method, &operation.path);
                request.accept = operation.accept;
                bootstrap.asked =
                    (operation.method == RequestType::Get).then(|| operation.path.clone());
                if let Some((format, payload)) = operation
                    .content
                    .encode(&operation.path, bootstrap.preferred)
                {
                    request.content_format = Some(format);
                    request.payload = payload;
                }
                let method = format!("{:?}", operation.method).to_uppercase();
                (format!("{method} {}", operation.path), packet(&request))
            }
            None => {
                bootstrap.step = Step::Finish;
                let mut finish = Packet::new();
                finish.header.code = MessageClass::Request(RequestType::Post);
                finish.add_option(CoapOption::UriPath, b"bs".to_vec());
                ("POST /bs".to_owned(), finish)
            }
        };
        let exchange = Exchange {
            id: None,
            endpoint: bootstrap.endpoint.clone(),
            subject,
            purpose: Purpose::Bootstrap,
            deadline: None,
        };
        let token = self.new_token(peer);
        self.begin_exchange(now, peer, token, packet, exchange);
    }

    /// The client answered an operation, or did not (`None`).
    pub(super) fn bootstrap_answered(
        &mut self,
        peer: SocketAddr,
        exchange: &Exchange,
        answer: Option<(ResponseType, &Packet)>,
    ) {
        let Some(bootstrap) = self.bootstraps.get_mut(&peer) else {
            return;
        };
        let endpoint = bootstrap.endpoint.clone();
        let code = answer.map(|(code, _)| code);
        if let Some(path) = bootstrap.asked.take()
            && let Some((code, packet)) = answer
        {
            // A client need not tell, and gets what was to be written all the same.
            bootstrap.step = Step::Ready;
            self.events.push_back(Event::BootstrapAnswer {
                endpoint,
                path,
                code,
                content_format: content_format(packet),
                payload: packet.payload.clone(),
            });
            return;
        }
        let accepted = matches!(
            code,
            Some(ResponseType::Changed | ResponseType::Deleted | ResponseType::Created)
        );
        if !accepted {
            self.bootstraps.remove(&peer);
            let operation = exchange.subject.clone();
            self.events.push_back(Event::BootstrapFailed {
                endpoint,
                operation,
                code,
            });
        } else if bootstrap.step == Step::Finish {
            self.bootstraps.remove(&peer);
            self.events.push_back(Event::Bootstrapped { endpoint });
        } else {
            bootstrap.step = Step::Ready;
        }
    }

    /// A new Bootstrap-Request begins from the start.
    fn end_bootstrap(&mut self, peer: SocketAddr) {
        self.bootstraps.remove(&peer);
        let keys: Vec<_> = self
            .exchanges
            .range((peer, Vec::new())..)
            .take_while(|((at, _), _)| *at == peer)
            .filter(|(_, exchange)| exchange.purpose == Purpose::Bootstrap)
            .map(|(key, _)| key.clone())
            .collect();
        for key in keys {
            self.take_exchange(&key);
        }
    }
}

/// Of a pack, by the exponent of its size (RFC 7959, 2.2): 1024 bytes.
const LARGEST_BLOCK: u32 = 6;
