//! Requests to devices, as a line of standard input or the web page makes them.

use serde::Deserialize;

use demo_server::cli::{nothing, word};
use demo_server::format::TEXT;
use demo_server::{Error, RequestId, UdpServer};

#[derive(Deserialize)]
pub struct DeviceRequest {
    operation: Operation,
    device: String,
    path: String,
    /// The value of a Write, in plain text, or the arguments of an Execute.
    #[serde(default)]
    argument: String,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Operation {
    Read,
    Write,
    Execute,
    Discover,
    Observe,
    Cancel,
}

impl DeviceRequest {
    /// What a command and the rest of its line ask for; `None` if that is no request to a device.
    pub fn parse(command: &str, rest: &str) -> Option<Result<Self, String>> {
        let operation = match command {
            "read" => Operation::Read,
            "write" => Operation::Write,
            "execute" => Operation::Execute,
            "discover" => Operation::Discover,
            "observe" => Operation::Observe,
            "cancel" => Operation::Cancel,
            _ => return None,
        };
        Some(Self::parse_operands(operation, command, rest))
    }

    fn parse_operands(operation: Operation, command: &str, rest: &str) -> Result<Self, String> {
        let (device, rest) = word(rest);
        let (path, argument) = word(rest);
        if path.is_empty() {
            return Err(format!(
                "{command} needs a device and a path, as in: {command} button /3200/0/5501"
            ));
        }
        if !matches!(operation, Operation::Write | Operation::Execute) {
            nothing(&format!("{command} {device} {path}"), argument)?;
        }
        Ok(Self {
            operation,
            device: device.into(),
            path: path.into(),
            argument: argument.into(),
        })
    }

    /// Makes it. The answer comes as an event, unless there is no id: then it is done.
    pub fn make(&self, server: &UdpServer) -> Result<Option<RequestId>, Error> {
        let (device, path) = (self.device.as_str(), self.path.as_str());
        server.with(|server, now| {
            let id = match self.operation {
                Operation::Read => server.read(now, device, path, None),
                Operation::Write => server.write(now, device, path, TEXT, self.argument.as_bytes()),
                Operation::Execute => server.execute(now, device, path, &self.argument),
                Operation::Discover => server.discover(now, device, path),
                Operation::Observe => server.observe(now, device, path, None),
                Operation::Cancel => match server.cancel(now, device, path) {
                    // Its next notification is answered with RST.
                    Err(Error::NotRequested(path)) => {
                        return server.forget(device, &path).map(|()| None);
                    }
                    result => result,
                },
            };
            id.map(Some)
        })
    }
}
