package interop;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.leshan.core.link.Link;
import org.eclipse.leshan.core.node.LwM2mNode;
import org.eclipse.leshan.core.node.LwM2mPath;
import org.eclipse.leshan.core.node.TimestampedLwM2mNodes;
import org.eclipse.leshan.core.observation.CompositeObservation;
import org.eclipse.leshan.core.observation.Observation;
import org.eclipse.leshan.core.observation.SingleObservation;
import org.eclipse.leshan.core.request.SendRequest;
import org.eclipse.leshan.core.response.LwM2mResponse;
import org.eclipse.leshan.core.response.ObserveCompositeResponse;
import org.eclipse.leshan.core.response.ObserveResponse;
import org.eclipse.leshan.server.LeshanServer;
import org.eclipse.leshan.server.observation.ObservationListener;
import org.eclipse.leshan.server.queue.PresenceListener;
import org.eclipse.leshan.server.registration.Registration;
import org.eclipse.leshan.server.registration.RegistrationListener;
import org.eclipse.leshan.server.registration.RegistrationUpdate;
import org.eclipse.leshan.server.send.SendListener;

/** What the server is told by devices: registered, updated, deregistered, awake, sleeping, notification, send. */
class Events implements RegistrationListener, PresenceListener, ObservationListener, SendListener {
    private final Consumer<Map<String, Object>> sink;

    private Events(Consumer<Map<String, Object>> sink) {
        this.sink = sink;
    }

    static void watch(LeshanServer server, Consumer<Map<String, Object>> sink) {
        Events events = new Events(sink);
        server.getRegistrationService().addListener(events);
        server.getPresenceService().addListener(events);
        server.getObservationService().addListener(events);
        server.getSendService().addListener(events);
    }

    /** What a device has registered with. */
    static Map<String, Object> describe(Registration registration) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("endpoint", registration.getEndpoint());
        all.put("registration", registration.getId());
        all.put("version", registration.getLwM2mVersion().toString());
        all.put("lifetime", registration.getLifeTimeInSec());
        List<String> bindings = new ArrayList<>();
        registration.getBindingMode().forEach(binding -> bindings.add(binding.toString()));
        all.put("binding", String.join("", bindings));
        all.put("queue", registration.usesQueueMode());
        List<String> links = new ArrayList<>();
        for (Link link : registration.getObjectLinks()) {
            links.add(link.toCoreLinkFormat());
        }
        all.put("links", links);
        List<Integer> formats = new ArrayList<>();
        registration.getSupportedContentFormats().forEach(format -> formats.add(format.getCode()));
        all.put("formats", formats);
        Map<String, String> versions = new TreeMap<>();
        registration.getSupportedObject().forEach((id, version) -> versions.put(id.toString(), version.toString()));
        all.put("objects", versions);
        all.put("attributes", registration.getAdditionalRegistrationAttributes());
        return all;
    }

    @Override
    public void registered(Registration registration, Registration previous, Collection<Observation> observations) {
        tell("registered", describe(registration));
    }

    @Override
    public void updated(RegistrationUpdate update, Registration updated, Registration previous) {
        Map<String, Object> all = describe(updated);
        // Which of them this Update had.
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("lifetime", update.getLifeTimeInSec());
        told.put("binding", update.getBindingMode() == null ? null : update.getBindingMode().toString());
        told.put("links", update.getObjectLinks() == null ? null : update.getObjectLinks().length);
        all.put("update", told);
        tell("updated", all);
    }

    @Override
    public void unregistered(Registration registration, Collection<Observation> observations, boolean expired,
            Registration renewed) {
        Map<String, Object> all = describe(registration);
        all.put("expired", expired);
        tell("deregistered", all);
    }

    @Override
    public void onAwake(Registration registration) {
        tell("awake", describe(registration));
    }

    @Override
    public void onSleeping(Registration registration) {
        tell("sleeping", describe(registration));
    }

    @Override
    public void newObservation(Observation observation, Registration registration) {
    }

    @Override
    public void cancelled(Observation observation) {
    }

    @Override
    public void onResponse(SingleObservation observation, Registration registration, ObserveResponse response) {
        Map<String, Object> values = new LinkedHashMap<>();
        if (response.isSuccess()) {
            Nodes.flatten(observation.getPath(), response.getContent(), values);
        }
        notified(List.of(observation.getPath()), registration, response, values);
    }

    @Override
    public void onResponse(CompositeObservation observation, Registration registration,
            ObserveCompositeResponse response) {
        Map<String, Object> values = new LinkedHashMap<>();
        if (response.isSuccess()) {
            Nodes.flatten(response.getContent(), values);
        }
        notified(observation.getPaths(), registration, response, values);
    }

    @Override
    public void onError(Observation observation, Registration registration, Exception error) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("endpoint", registration.getEndpoint());
        all.put("error", error.toString());
        tell("bad notification", all);
    }

    @Override
    public void dataReceived(Registration registration, TimestampedLwM2mNodes data, SendRequest request) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("endpoint", registration.getEndpoint());
        Map<String, Object> values = new LinkedHashMap<>();
        Nodes.flatten(data.getMostRecentNodes(), values);
        all.put("values", values);
        List<Map<String, Object>> records = new ArrayList<>();
        data.getTimestamps().forEach(timestamp -> {
            Map<LwM2mPath, LwM2mNode> nodes = data.getNodesAt(timestamp);
            Map<String, Object> then = new LinkedHashMap<>();
            Nodes.flatten(nodes, then);
            Map<String, Object> record = new LinkedHashMap<>();
            record.put("time", timestamp == null ? null : timestamp.toEpochMilli() / 1000.0);
            record.put("values", then);
            records.add(record);
        });
        all.put("records", records);
        tell("send", all);
    }

    @Override
    public void onError(Registration registration, String message, Exception error) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("endpoint", registration == null ? null : registration.getEndpoint());
        all.put("error", message + ": " + error);
        tell("bad send", all);
    }

    private void notified(List<LwM2mPath> paths, Registration registration, LwM2mResponse response,
            Map<String, Object> values) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("endpoint", registration.getEndpoint());
        List<String> names = new ArrayList<>();
        paths.forEach(path -> names.add(path.toString()));
        all.put("paths", names);
        Commands.describe(response, all);
        Response coap = (Response) response.getCoapResponse();
        all.put("confirmable", coap.getType() == CoAP.Type.CON);
        all.put("values", values);
        tell("notification", all);
    }

    private void tell(String event, Map<String, Object> all) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("event", event);
        message.putAll(all);
        sink.accept(message);
    }
}
