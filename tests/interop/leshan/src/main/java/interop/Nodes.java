package interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.leshan.core.model.LwM2mModel;
import org.eclipse.leshan.core.model.ResourceModel;
import org.eclipse.leshan.core.model.ResourceModel.Type;
import org.eclipse.leshan.core.node.LwM2mMultipleResource;
import org.eclipse.leshan.core.node.LwM2mNode;
import org.eclipse.leshan.core.node.LwM2mObject;
import org.eclipse.leshan.core.node.LwM2mObjectInstance;
import org.eclipse.leshan.core.node.LwM2mPath;
import org.eclipse.leshan.core.node.LwM2mResource;
import org.eclipse.leshan.core.node.LwM2mResourceInstance;
import org.eclipse.leshan.core.node.LwM2mRoot;
import org.eclipse.leshan.core.node.LwM2mSingleResource;
import org.eclipse.leshan.core.node.ObjectLink;
import org.eclipse.leshan.core.util.datatype.ULong;

/**
 * Leshan's trees of nodes as flat maps from path to value, and back. Opaque values are hexadecimal text, times are
 * seconds, object links are "object:instance".
 */
class Nodes {
    private Nodes() {
    }

    /** The values of nodes with their paths; {@code null} where the device left one out. */
    static void flatten(Map<LwM2mPath, LwM2mNode> nodes, Map<String, Object> values) {
        nodes.forEach((path, node) -> {
            if (node == null) {
                values.put(path.toString(), null);
            } else {
                flatten(path, node, values);
            }
        });
    }

    /** The values of the node at a path. */
    static void flatten(LwM2mPath path, LwM2mNode node, Map<String, Object> values) {
        if (node instanceof LwM2mRoot root) {
            root.getObjects().forEach((id, object) -> flatten(new LwM2mPath(id), object, values));
        } else if (node instanceof LwM2mObject object) {
            object.getInstances().forEach((id, instance) -> flatten(path.append(id), instance, values));
        } else if (node instanceof LwM2mObjectInstance instance) {
            instance.getResources().forEach((id, resource) -> flatten(path.append(id), resource, values));
        } else if (node instanceof LwM2mMultipleResource resource) {
            resource.getInstances().forEach((id, instance) -> flatten(path.append(id), instance, values));
        } else if (node instanceof LwM2mSingleResource resource) {
            values.put(path.toString(), plain(resource.getValue()));
        } else if (node instanceof LwM2mResourceInstance instance) {
            values.put(path.toString(), plain(instance.getValue()));
        }
    }

    /** The node at a path, of the values at and below it. */
    static LwM2mNode build(LwM2mPath path, JsonNode values, LwM2mModel model) {
        Map<LwM2mPath, JsonNode> below = new TreeMap<>();
        values.fields().forEachRemaining(field -> {
            LwM2mPath place = new LwM2mPath(field.getKey());
            if (place.startWith(path)) {
                below.put(place, field.getValue());
            }
        });
        return build(path, below, model);
    }

    /** The object instances of the values, for Create. */
    static List<LwM2mObjectInstance> instances(LwM2mPath object, JsonNode values, LwM2mModel model) {
        LwM2mObject node = (LwM2mObject) build(object, values, model);
        return new ArrayList<>(node.getInstances().values());
    }

    private static LwM2mNode build(LwM2mPath path, Map<LwM2mPath, JsonNode> values, LwM2mModel model) {
        if (path.isObject()) {
            List<LwM2mObjectInstance> instances = new ArrayList<>();
            split(values, LwM2mPath::toObjectInstancePath).forEach((place, some) ->
                    instances.add((LwM2mObjectInstance) build(place, some, model)));
            return new LwM2mObject(path.getObjectId(), instances);
        }
        if (path.isObjectInstance()) {
            List<LwM2mResource> resources = new ArrayList<>();
            split(values, LwM2mPath::toResourcePath).forEach((place, some) ->
                    resources.add((LwM2mResource) build(place, some, model)));
            return new LwM2mObjectInstance(path.getObjectInstanceId(), resources);
        }
        ResourceModel resource = model.getResourceModel(path.getObjectId(), path.getResourceId());
        // Of what the device has not registered, such as Security, the server knows no type.
        Type type = resource == null ? Type.STRING : resource.type;
        if (path.isResourceInstance()) {
            Object value = value(values.get(path), type);
            return LwM2mResourceInstance.newInstance(path.getResourceInstanceId(), value, type);
        }
        if (values.containsKey(path)) {
            return LwM2mSingleResource.newResource(path.getResourceId(), value(values.get(path), type),
                    type);
        }
        List<LwM2mResourceInstance> instances = new ArrayList<>();
        values.forEach((place, some) -> instances.add(LwM2mResourceInstance.newInstance(
                place.getResourceInstanceId(), value(some, type), type)));
        return new LwM2mMultipleResource(path.getResourceId(), type, instances);
    }

    private static Map<LwM2mPath, Map<LwM2mPath, JsonNode>> split(Map<LwM2mPath, JsonNode> values,
            java.util.function.UnaryOperator<LwM2mPath> by) {
        Map<LwM2mPath, Map<LwM2mPath, JsonNode>> parts = new TreeMap<>();
        values.forEach((path, value) -> {
            // An object instance without resources has a path of its own.
            LwM2mPath part = path.isObjectInstance() ? path : by.apply(path);
            Map<LwM2mPath, JsonNode> some = parts.computeIfAbsent(part, key -> new TreeMap<>());
            if (!path.isObjectInstance()) {
                some.put(path, value);
            }
        });
        return parts;
    }

    private static Object value(JsonNode json, Type type) {
        switch (type) {
        case STRING:
            return json.asText();
        case INTEGER:
            return json.asLong();
        case UNSIGNED_INTEGER:
            return ULong.valueOf(json.bigIntegerValue());
        case FLOAT:
            return json.asDouble();
        case BOOLEAN:
            return json.asBoolean();
        case OPAQUE:
            return HexFormat.of().parseHex(json.asText());
        case TIME:
            return new Date(json.asLong() * 1000);
        case OBJLNK:
            return ObjectLink.decodeFromString(json.asText());
        default:
            throw new IllegalArgumentException("no value of type " + type);
        }
    }

    private static Object plain(Object value) {
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        if (value instanceof Date time) {
            return time.getTime() / 1000;
        }
        if (value instanceof ULong number) {
            return new java.math.BigInteger(number.toString());
        }
        if (value instanceof ObjectLink link) {
            return link.getObjectId() + ":" + link.getObjectInstanceId();
        }
        return value;
    }
}
