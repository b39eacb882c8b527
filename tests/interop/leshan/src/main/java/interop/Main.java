package interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.scandium.config.DtlsConfig;
import org.eclipse.leshan.core.endpoint.Protocol;
import org.eclipse.leshan.core.security.util.SecurityUtil;
import org.eclipse.leshan.server.LeshanServer;
import org.eclipse.leshan.server.LeshanServerBuilder;
import org.eclipse.leshan.server.endpoint.LwM2mServerEndpoint;
import org.eclipse.leshan.server.model.VersionedModelProvider;
import org.eclipse.leshan.server.queue.StaticClientAwakeTimeProvider;
import org.eclipse.leshan.servers.security.InMemorySecurityStore;
import org.eclipse.leshan.transport.californium.server.endpoint.CaliforniumServerEndpoint;
import org.eclipse.leshan.transport.californium.server.endpoint.CaliforniumServerEndpointsProvider;
import org.eclipse.leshan.transport.californium.server.endpoint.coap.CoapServerProtocolProvider;
import org.eclipse.leshan.transport.californium.server.endpoint.coaps.CoapsServerProtocolProvider;

/**
 * A Leshan server on the loopback interface that takes a command a line on standard input and answers, and tells
 * what happens, a line each on standard output, all of it JSON. {@link Commands} has the commands, {@link Events}
 * the events. It ends with its input. Its arguments are the files of an authority's certificate, of its own and of the
 * key of that, all DER; with "no-cids" behind them it gives no connection ids (RFC 9146).
 */
public class Main {
    /** How long a device in queue mode is taken to listen after it has spoken. */
    private static final int AWAKE_MILLISECONDS = 1500;

    /** A larger body goes in blocks. Devices buffer larger ones, so that what they do with blocks can be tried. */
    private static final int MESSAGE_BYTES = 512;

    private static final int CID_BYTES = 6;

    /** Scandium's for a connector that knows nothing of them. */
    private static final int NO_CIDS = -1;

    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] arguments) throws Exception {
        InMemorySecurityStore keys = new InMemorySecurityStore();
        boolean cids = !Arrays.asList(arguments).contains("no-cids");
        LeshanServer server = server(keys, arguments, cids ? CID_BYTES : NO_CIDS);
        Commands commands = new Commands(server, keys);
        Events.watch(server, Main::print);
        server.start();

        Map<String, Object> started = new LinkedHashMap<>();
        started.put("event", "started");
        started.put("coap", port(server, Protocol.COAP));
        started.put("coaps", port(server, Protocol.COAPS));
        print(started);

        // A command may wait for a device; others go on meanwhile.
        ExecutorService threads = Executors.newCachedThreadPool();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            JsonNode command = JSON.readTree(line);
            threads.execute(() -> print(commands.perform(command)));
        }
        System.exit(0);
    }

    private static LeshanServer server(InMemorySecurityStore keys, String[] files, int cidBytes) throws Exception {
        CaliforniumServerEndpointsProvider.Builder endpoints = new CaliforniumServerEndpointsProvider.Builder(
                new CoapServerProtocolProvider(), new CoapsServerProtocolProvider());
        endpoints.setConfiguration(it -> it.set(CoapConfig.MAX_MESSAGE_SIZE, MESSAGE_BYTES)
                .set(DtlsConfig.DTLS_CONNECTION_ID_LENGTH, cidBytes));
        endpoints.addEndpoint("coap://127.0.0.1:0");
        endpoints.addEndpoint("coaps://127.0.0.1:0");
        LeshanServerBuilder builder = new LeshanServerBuilder();
        builder.setEndpointsProviders(endpoints.build());
        builder.setSecurityStore(keys);
        builder.setTrustedCertificates(new X509Certificate[] { SecurityUtil.certificate.readFromFile(files[0]) });
        builder.setCertificateChain(new X509Certificate[] { SecurityUtil.certificate.readFromFile(files[1]) });
        builder.setPrivateKey(SecurityUtil.privateKey.readFromFile(files[2]));
        builder.setObjectModelProvider(new VersionedModelProvider(Models.all()));
        builder.setClientAwakeTimeProvider(new StaticClientAwakeTimeProvider(AWAKE_MILLISECONDS));
        return builder.build();
    }

    private static int port(LeshanServer server, Protocol protocol) {
        LwM2mServerEndpoint endpoint = server.getEndpoint(protocol);
        return ((CaliforniumServerEndpoint) endpoint).getCoapEndpoint().getAddress().getPort();
    }

    private static synchronized void print(Map<String, Object> message) {
        try {
            System.out.println(JSON.writeValueAsString(message));
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
