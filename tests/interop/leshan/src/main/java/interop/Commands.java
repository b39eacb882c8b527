package interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.leshan.core.link.lwm2m.LwM2mLink;
import org.eclipse.leshan.core.link.lwm2m.attributes.DefaultLwM2mAttributeParser;
import org.eclipse.leshan.core.link.lwm2m.attributes.LwM2mAttributeSet;
import org.eclipse.leshan.core.model.LwM2mModel;
import org.eclipse.leshan.core.node.LwM2mNode;
import org.eclipse.leshan.core.node.LwM2mObjectInstance;
import org.eclipse.leshan.core.node.LwM2mPath;
import org.eclipse.leshan.core.node.LwM2mResource;
import org.eclipse.leshan.core.observation.CompositeObservation;
import org.eclipse.leshan.core.observation.Observation;
import org.eclipse.leshan.core.observation.SingleObservation;
import org.eclipse.leshan.core.request.CancelCompositeObservationRequest;
import org.eclipse.leshan.core.request.CancelObservationRequest;
import org.eclipse.leshan.core.request.ContentFormat;
import org.eclipse.leshan.core.request.CreateRequest;
import org.eclipse.leshan.core.request.DeleteRequest;
import org.eclipse.leshan.core.request.DiscoverRequest;
import org.eclipse.leshan.core.request.DownlinkDeviceManagementRequest;
import org.eclipse.leshan.core.request.ExecuteRequest;
import org.eclipse.leshan.core.request.ObserveCompositeRequest;
import org.eclipse.leshan.core.request.ObserveRequest;
import org.eclipse.leshan.core.request.ReadCompositeRequest;
import org.eclipse.leshan.core.request.ReadRequest;
import org.eclipse.leshan.core.request.WriteAttributesRequest;
import org.eclipse.leshan.core.request.WriteCompositeRequest;
import org.eclipse.leshan.core.request.WriteRequest;
import org.eclipse.leshan.core.response.CreateResponse;
import org.eclipse.leshan.core.response.DiscoverResponse;
import org.eclipse.leshan.core.response.LwM2mResponse;
import org.eclipse.leshan.core.response.ReadCompositeResponse;
import org.eclipse.leshan.core.response.ReadResponse;
import org.eclipse.leshan.server.LeshanServer;
import org.eclipse.leshan.server.registration.Registration;
import org.eclipse.leshan.server.request.LowerLayerConfig;
import org.eclipse.leshan.servers.security.InMemorySecurityStore;
import org.eclipse.leshan.servers.security.SecurityInfo;

/**
 * What the server is told to do. A command has an id, which its answer repeats, an operation and the endpoint that
 * it is about. {@link #request} has those that reach the device, {@link #local} those that do not.
 */
class Commands {
    private static final long TIMEOUT_MILLISECONDS = 10_000;

    private final LeshanServer server;
    private final InMemorySecurityStore keys;

    Commands(LeshanServer server, InMemorySecurityStore keys) {
        this.server = server;
        this.keys = keys;
    }

    /** Does it; what goes wrong is in the answer. */
    Map<String, Object> perform(JsonNode command) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("id", command.get("id").asLong());
        try {
            String endpoint = command.get("endpoint").asText();
            Registration registration = server.getRegistrationService().getByEndpoint(endpoint);
            if (!local(command, endpoint, registration, answer)) {
                if (registration == null) {
                    throw new IllegalStateException(endpoint + " is not registered");
                }
                send(command, registration, answer);
            }
        } catch (Exception error) {
            answer.put("error", error.getClass().getSimpleName());
            answer.put("message", error.getMessage());
        }
        return answer;
    }

    private boolean local(JsonNode command, String endpoint, Registration registration, Map<String, Object> answer)
            throws Exception {
        switch (command.get("op").asText()) {
        case "key":
            keys.add(SecurityInfo.newPreSharedKeyInfo(endpoint, text(command, "identity"),
                    HexFormat.of().parseHex(text(command, "key"))));
            return true;
        case "certificate":
            // Of the authority that the server trusts, with the endpoint as its name.
            keys.add(SecurityInfo.newX509CertInfo(endpoint));
            return true;
        case "registration":
            answer.put("registration", registration == null ? null : Events.describe(registration));
            return true;
        case "secure":
            answer.put("secure", registration.getEndpointUri().getScheme().equals("coaps"));
            return true;
        case "forget":
            server.getRegistrationStore().removeRegistration(registration.getId());
            return true;
        case "forget observation":
            // The next notification is answered by Reset.
            server.getObservationService().cancelObservation(observation(command, registration));
            return true;
        default:
            return false;
        }
    }

    private void send(JsonNode command, Registration registration, Map<String, Object> answer) throws Exception {
        LwM2mResponse response = server.send(registration, request(command, registration), override(command),
                TIMEOUT_MILLISECONDS);
        if (response == null) {
            throw new IllegalStateException("no answer within " + TIMEOUT_MILLISECONDS + " ms");
        }
        describe(response, answer);
        Map<String, Object> values = new LinkedHashMap<>();
        if (response instanceof ReadResponse read && read.isSuccess() && read.getContent() != null) {
            Nodes.flatten(path(command), read.getContent(), values);
        } else if (response instanceof ReadCompositeResponse read && read.isSuccess()) {
            Nodes.flatten(read.getContent(), values);
        } else if (response instanceof DiscoverResponse discover && discover.isSuccess()) {
            Map<String, Object> links = new LinkedHashMap<>();
            for (LwM2mLink link : discover.getObjectLinks()) {
                Map<String, Object> attributes = new LinkedHashMap<>();
                link.getAttributes().getLwM2mAttributes().forEach(
                        attribute -> attributes.put(attribute.getName(), attribute.getCoreLinkValue()));
                links.put(link.getUriReference(), attributes);
            }
            answer.put("links", links);
        } else if (response instanceof CreateResponse create) {
            answer.put("location", create.getLocation());
        }
        answer.put("values", values);
    }

    /** Code, Content-Format and payload as they arrived. */
    static void describe(LwM2mResponse response, Map<String, Object> answer) {
        int code = response.getCode().getCode();
        answer.put("code", String.format("%d.%02d", code / 100, code % 100));
        Response coap = (Response) response.getCoapResponse();
        answer.put("format", coap.getOptions().hasContentFormat() ? coap.getOptions().getContentFormat() : null);
        answer.put("observe", coap.getOptions().getObserve());
        answer.put("payload", HexFormat.of().formatHex(coap.getPayload()));
    }

    private DownlinkDeviceManagementRequest<? extends LwM2mResponse> request(JsonNode command,
            Registration registration) throws Exception {
        LwM2mModel model = server.getModelProvider().getObjectModel(registration);
        ContentFormat format = format(command, "format");
        JsonNode values = command.get("values");
        switch (command.get("op").asText()) {
        case "read":
            return new ReadRequest(format, path(command), null);
        case "discover":
            return new DiscoverRequest(text(command, "path"));
        case "write":
            return new WriteRequest(WriteRequest.Mode.REPLACE, format, path(command),
                    Nodes.build(path(command), values, model));
        case "update":
            return new WriteRequest(WriteRequest.Mode.UPDATE, format, path(command),
                    Nodes.build(path(command), values, model));
        case "attributes":
            return new WriteAttributesRequest(path(command), new LwM2mAttributeSet(
                    new DefaultLwM2mAttributeParser().parseUriQuery(text(command, "query"))));
        case "execute":
            return new ExecuteRequest(text(command, "path"),
                    command.has("arguments") ? text(command, "arguments") : null);
        case "create":
            List<LwM2mObjectInstance> instances = Nodes.instances(path(command), values, model);
            if (command.has("anonymous")) {
                // The device is to choose the id.
                List<LwM2mResource> resources = new ArrayList<>(instances.get(0).getResources().values());
                return new CreateRequest(format, text(command, "path"), resources);
            }
            return new CreateRequest(format, text(command, "path"),
                    instances.toArray(new LwM2mObjectInstance[0]));
        case "delete":
            return new DeleteRequest(text(command, "path"));
        case "observe":
            return new ObserveRequest(format, path(command), null);
        case "cancel":
            Observation observation = observation(command, registration);
            return observation instanceof CompositeObservation composite
                    ? new CancelCompositeObservationRequest(composite)
                    : new CancelObservationRequest((SingleObservation) observation);
        case "read-composite":
            return new ReadCompositeRequest(paths(command), format, accept(command, format), null);
        case "observe-composite":
            return new ObserveCompositeRequest(format, accept(command, format), paths(command));
        case "write-composite":
            Map<LwM2mPath, LwM2mNode> nodes = new HashMap<>();
            values.fieldNames().forEachRemaining(name -> {
                LwM2mPath path = new LwM2mPath(name);
                nodes.put(path, Nodes.build(path, values, model));
            });
            return new WriteCompositeRequest(format, nodes, null);
        default:
            throw new IllegalArgumentException("unknown operation " + command.get("op"));
        }
    }

    /** Changes the message on its way down: what Leshan itself would not send. */
    private static LowerLayerConfig override(JsonNode command) {
        return lower -> {
            Request request = (Request) lower;
            if (command.has("raw payload")) {
                request.setPayload(HexFormat.of().parseHex(text(command, "raw payload")));
            }
            if (command.has("raw format")) {
                request.getOptions().setContentFormat(command.get("raw format").asInt());
            }
            if (command.has("raw accept")) {
                request.getOptions().setAccept(command.get("raw accept").asInt());
            }
            if (command.has("raw query")) {
                request.getOptions().clearUriQuery();
                for (String parameter : text(command, "raw query").split("&")) {
                    request.getOptions().addUriQuery(parameter);
                }
            }
        };
    }

    private Observation observation(JsonNode command, Registration registration) {
        for (Observation observation : server.getObservationService().getObservations(registration)) {
            boolean found = observation instanceof CompositeObservation composite
                    ? command.has("paths") && composite.getPaths().equals(paths(command))
                    : command.has("path") && ((SingleObservation) observation).getPath().equals(path(command));
            if (found) {
                return observation;
            }
        }
        throw new IllegalArgumentException("nothing observes that");
    }

    private static ContentFormat accept(JsonNode command, ContentFormat format) {
        ContentFormat accept = format(command, "accept");
        return accept == null ? format : accept;
    }

    private static ContentFormat format(JsonNode command, String name) {
        return command.hasNonNull(name) ? ContentFormat.fromCode(command.get(name).asInt()) : null;
    }

    private static LwM2mPath path(JsonNode command) {
        return new LwM2mPath(text(command, "path"));
    }

    private static List<LwM2mPath> paths(JsonNode command) {
        List<LwM2mPath> paths = new ArrayList<>();
        command.get("paths").forEach(path -> paths.add(new LwM2mPath(path.asText())));
        return paths;
    }

    private static String text(JsonNode command, String name) {
        return command.get(name).asText();
    }
}
