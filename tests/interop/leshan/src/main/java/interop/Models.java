package interop;

import static org.eclipse.leshan.core.model.ResourceModel.Operations.E;
import static org.eclipse.leshan.core.model.ResourceModel.Operations.R;
import static org.eclipse.leshan.core.model.ResourceModel.Operations.RW;
import static org.eclipse.leshan.core.model.ResourceModel.Operations.W;
import static org.eclipse.leshan.core.model.ResourceModel.Type.BOOLEAN;
import static org.eclipse.leshan.core.model.ResourceModel.Type.FLOAT;
import static org.eclipse.leshan.core.model.ResourceModel.Type.INTEGER;
import static org.eclipse.leshan.core.model.ResourceModel.Type.NONE;
import static org.eclipse.leshan.core.model.ResourceModel.Type.OBJLNK;
import static org.eclipse.leshan.core.model.ResourceModel.Type.OPAQUE;
import static org.eclipse.leshan.core.model.ResourceModel.Type.STRING;
import static org.eclipse.leshan.core.model.ResourceModel.Type.TIME;
import static org.eclipse.leshan.core.model.ResourceModel.Type.UNSIGNED_INTEGER;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.leshan.core.model.ObjectLoader;
import org.eclipse.leshan.core.model.ObjectModel;
import org.eclipse.leshan.core.model.ResourceModel;
import org.eclipse.leshan.core.model.ResourceModel.Operations;
import org.eclipse.leshan.core.model.ResourceModel.Type;

/** The objects that the server knows: Leshan's own, and those that the devices under test have besides. */
class Models {
    private Models() {
    }

    static List<ObjectModel> all() {
        List<ObjectModel> models = new ArrayList<>(ObjectLoader.loadAllDefault());
        object(models, 16, "Portfolio", many(0, STRING, RW), one(1, NONE, E), one(2, OPAQUE, R), one(3, OPAQUE, R));
        object(models, 3200, "Digital Input", one(5500, BOOLEAN, R), one(5501, INTEGER, R));
        object(models, 3303, "Temperature", one(5700, FLOAT, R), one(5701, STRING, R), one(5601, FLOAT, R),
                one(5602, FLOAT, R), one(5603, FLOAT, R), one(5604, FLOAT, R), one(5605, NONE, E));
        object(models, 3311, "Light Control", one(5850, BOOLEAN, RW), one(5851, INTEGER, RW),
                one(5852, INTEGER, RW), one(5750, STRING, RW));
        // The suite's own: each type single and multiple, something to execute, and something write-only.
        object(models, 33000, "Every Type",
                one(0, STRING, RW), one(1, INTEGER, RW), one(2, UNSIGNED_INTEGER, RW), one(3, FLOAT, RW),
                one(4, BOOLEAN, RW), one(5, OPAQUE, RW), one(6, TIME, RW), one(7, OBJLNK, RW),
                many(10, STRING, RW), many(11, INTEGER, RW), many(12, UNSIGNED_INTEGER, RW), many(13, FLOAT, RW),
                many(14, BOOLEAN, RW), many(15, OPAQUE, RW), many(16, TIME, RW), many(17, OBJLNK, RW),
                one(20, NONE, E), one(21, STRING, R), one(22, STRING, W), one(23, INTEGER, RW));
        return models;
    }

    /** Under each version that a device may announce, since Leshan asks for the very one. */
    private static void object(List<ObjectModel> models, int id, String name, ResourceModel... resources) {
        for (String version : new String[] { "1.0", "1.1", "1.2" }) {
            models.add(new ObjectModel(id, name, "", version, true, false, resources));
        }
    }

    private static ResourceModel one(int id, Type type, Operations operations) {
        return new ResourceModel(id, "", operations, false, false, type, "", "", "");
    }

    private static ResourceModel many(int id, Type type, Operations operations) {
        return new ResourceModel(id, "", operations, true, false, type, "", "", "");
    }
}
