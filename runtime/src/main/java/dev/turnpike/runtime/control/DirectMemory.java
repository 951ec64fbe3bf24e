package dev.turnpike.runtime.control;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/** Memory of buffers outside the heap. */
final class DirectMemory {
    private DirectMemory() {}

    /** What the JVM lets all of them take, in bytes; as much as the heap if nothing else is set. */
    static long bytesMax() {
        var jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        long set = Long.parseLong(jvm.getVMOption("MaxDirectMemorySize").getValue());
        return set > 0 ? set : Runtime.getRuntime().maxMemory();
    }
}
