package interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.leshan.core.CertificateUsage;
import org.eclipse.leshan.core.SecurityMode;
import org.eclipse.leshan.core.endpoint.Protocol;
import org.eclipse.leshan.core.request.BootstrapDownlinkRequest;
import org.eclipse.leshan.core.request.ContentFormat;
import org.eclipse.leshan.core.response.LwM2mResponse;
import org.eclipse.leshan.server.bootstrap.BootstrapConfig;
import org.eclipse.leshan.server.bootstrap.BootstrapConfigStore;
import org.eclipse.leshan.server.bootstrap.BootstrapFailureCause;
import org.eclipse.leshan.server.bootstrap.BootstrapSession;
import org.eclipse.leshan.server.bootstrap.BootstrapSessionAdapter;
import org.eclipse.leshan.server.bootstrap.LeshanBootstrapServer;
import org.eclipse.leshan.server.bootstrap.LeshanBootstrapServerBuilder;
import org.eclipse.leshan.server.californium.bootstrap.endpoint.CaliforniumBootstrapServerEndpointsProvider;
import org.eclipse.leshan.server.californium.bootstrap.endpoint.coap.CoapBootstrapServerProtocolProvider;
import org.eclipse.leshan.server.californium.bootstrap.endpoint.coaps.CoapsBootstrapServerProtocolProvider;
import org.eclipse.leshan.server.security.BootstrapSecurityStoreAdapter;
import org.eclipse.leshan.server.security.InMemorySecurityStore;
import org.eclipse.leshan.server.security.SecurityInfo;

/**
 * A Leshan bootstrap server on the loopback interface, with lines of JSON as those of the management server: it takes
 * the commands {@code key} and {@code account}, and tells {@code started}, {@code request} (an answer of the
 * device's), {@code finished} and {@code failed}. It ends with its input.
 */
public class Bootstrap {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final InMemorySecurityStore KEYS = new InMemorySecurityStore();

    /** By endpoint, an account for each session to come; the last stays. */
    private static final Map<String, Deque<BootstrapConfig>> ACCOUNTS = new ConcurrentHashMap<>();

    public static void main(String[] arguments) throws Exception {
        LeshanBootstrapServer server = server();
        server.addListener(new Sessions());
        server.start();

        Map<String, Object> started = new LinkedHashMap<>();
        started.put("event", "started");
        server.getEndpoints().forEach(endpoint ->
                started.put(endpoint.getProtocol().getUriScheme(), endpoint.getURI().getPort()));
        print(started);

        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            JsonNode command = JSON.readTree(line);
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("id", command.get("id").asLong());
            try {
                perform(command);
            } catch (Exception error) {
                answer.put("error", error.getClass().getSimpleName());
                answer.put("message", error.getMessage());
            }
            print(answer);
        }
        System.exit(0);
    }

    private static LeshanBootstrapServer server() {
        CaliforniumBootstrapServerEndpointsProvider.Builder endpoints =
                new CaliforniumBootstrapServerEndpointsProvider.Builder(
                        new CoapBootstrapServerProtocolProvider(), new CoapsBootstrapServerProtocolProvider());
        endpoints.addEndpoint("coap://127.0.0.1:0");
        endpoints.addEndpoint("coaps://127.0.0.1:0");
        LeshanBootstrapServerBuilder builder = new LeshanBootstrapServerBuilder();
        builder.setEndpointsProviders(endpoints.build());
        builder.setSecurityStore(new BootstrapSecurityStoreAdapter(KEYS));
        builder.setConfigStore((BootstrapConfigStore) session -> next(session.getEndpoint()));
        return builder.build();
    }

    private static BootstrapConfig next(String endpoint) {
        Deque<BootstrapConfig> accounts = ACCOUNTS.getOrDefault(endpoint, new ArrayDeque<>());
        synchronized (accounts) {
            return accounts.size() > 1 ? accounts.poll() : accounts.peek();
        }
    }

    private static void perform(JsonNode command) throws Exception {
        String endpoint = command.get("endpoint").asText();
        switch (command.get("op").asText()) {
        case "key":
            KEYS.add(SecurityInfo.newPreSharedKeyInfo(endpoint, command.get("identity").asText(),
                    bytes(command, "key")));
            break;
        case "account":
            Deque<BootstrapConfig> accounts = ACCOUNTS.computeIfAbsent(endpoint, key -> new ArrayDeque<>());
            synchronized (accounts) {
                accounts.add(account(command));
            }
            break;
        default:
            throw new IllegalArgumentException("unknown operation " + command.get("op"));
        }
    }

    /** What Leshan is to delete and to write: one Security and one Server instance. */
    private static BootstrapConfig account(JsonNode command) {
        BootstrapConfig.ServerSecurity security = new BootstrapConfig.ServerSecurity();
        security.uri = command.get("uri").asText();
        security.serverId = command.get("security id").asInt();
        security.securityMode = SecurityMode.NO_SEC;
        if (command.hasNonNull("identity")) {
            security.securityMode = SecurityMode.PSK;
            security.publicKeyOrId = command.get("identity").asText().getBytes();
            security.secretKey = bytes(command, "key");
        } else if (command.hasNonNull("certificate")) {
            security.securityMode = SecurityMode.X509;
            security.publicKeyOrId = bytes(command, "certificate");
            security.serverPublicKey = bytes(command, "server certificate");
            security.secretKey = bytes(command, "key");
            if (command.hasNonNull("usage")) {
                security.certificateUsage = CertificateUsage.fromCode(command.get("usage").asInt());
            }
        }
        BootstrapConfig.ServerConfig server = new BootstrapConfig.ServerConfig();
        server.shortId = command.get("server id").asInt();
        server.lifetime = command.get("lifetime").asInt();

        BootstrapConfig config = new BootstrapConfig();
        if (command.hasNonNull("format")) {
            config.contentFormat = ContentFormat.fromCode(command.get("format").asInt());
        }
        command.get("delete").forEach(path -> config.toDelete.add(path.asText()));
        config.security.put(command.get("security").asInt(), security);
        config.servers.put(command.get("server").asInt(), server);
        return config;
    }

    private static byte[] bytes(JsonNode command, String name) {
        return HexFormat.of().parseHex(command.get(name).asText());
    }

    /** What becomes of sessions. */
    private static class Sessions extends BootstrapSessionAdapter {
        @Override
        public void onResponseSuccess(BootstrapSession session,
                BootstrapDownlinkRequest<? extends LwM2mResponse> request, LwM2mResponse response) {
            answered(session, request, response);
        }

        @Override
        public void onResponseError(BootstrapSession session,
                BootstrapDownlinkRequest<? extends LwM2mResponse> request, LwM2mResponse response) {
            answered(session, request, response);
        }

        @Override
        public void end(BootstrapSession session) {
            print(message("finished", session));
        }

        @Override
        public void failed(BootstrapSession session, BootstrapFailureCause cause) {
            Map<String, Object> message = message("failed", session);
            message.put("cause", cause.toString());
            print(message);
        }

        private static void answered(BootstrapSession session,
                BootstrapDownlinkRequest<? extends LwM2mResponse> request, LwM2mResponse response) {
            Map<String, Object> message = message("request", session);
            message.put("kind", request.getClass().getSimpleName());
            message.put("path", request.getPath() == null ? null : request.getPath().toString());
            int code = response.getCode().getCode();
            message.put("code", String.format("%d.%02d", code / 100, code % 100));
            print(message);
        }

        private static Map<String, Object> message(String event, BootstrapSession session) {
            Map<String, Object> message = new LinkedHashMap<>();
            message.put("event", event);
            message.put("endpoint", session.getEndpoint());
            message.put("format", session.getContentFormat().getCode());
            return message;
        }
    }

    private static synchronized void print(Map<String, Object> message) {
        try {
            System.out.println(JSON.writeValueAsString(message));
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
