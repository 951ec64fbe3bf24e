package dev.turnpike.launcher.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The rooms of the house and which of the others each may see. */
enum House {
    SCHEMAS("schemas"),
    RUNTIME("runtime", SCHEMAS),
    TEST_KIT("testkit", SCHEMAS, RUNTIME),
    GATEWAY_EDGE("edge", SCHEMAS, RUNTIME),
    CONTROL_PLANE("control", SCHEMAS, RUNTIME),
    USAGE_AGGREGATOR("usage", SCHEMAS, RUNTIME),
    WEBHOOK_DISPATCHER("webhook", SCHEMAS, RUNTIME),
    LAUNCHER(
            "launcher",
            SCHEMAS,
            RUNTIME,
            GATEWAY_EDGE,
            CONTROL_PLANE,
            USAGE_AGGREGATOR,
            WEBHOOK_DISPATCHER);

    /** Everything that is shipped, the test kit included; no test classes. */
    static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.turnpike");

    private final String base;
    private final List<House> visible;

    House(String room, House... visible) {
        this.base = "dev.turnpike." + room;
        this.visible = List.of(visible);
    }

    /** The room's own packages, as ArchUnit writes them. */
    String packages() {
        return base + "..";
    }

    boolean holds(String packageName) {
        return packageName.equals(base) || packageName.startsWith(base + ".");
    }

    /** The packages of the rooms that this one must not see. */
    String[] forbidden() {
        var allowed = Set.copyOf(Stream.concat(Stream.of(this), visible.stream()).toList());
        return Arrays.stream(values())
                .filter(room -> !allowed.contains(room))
                .map(House::packages)
                .toArray(String[]::new);
    }
}
