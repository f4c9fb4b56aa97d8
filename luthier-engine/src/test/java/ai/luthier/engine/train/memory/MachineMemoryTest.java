package ai.luthier.engine.train.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineMemoryTest {

    private static final long GIB = 1L << 30;

    @TempDir
    private Path root;

    @BeforeEach
    void sixteenGibibytes() throws IOException {
        write("proc/meminfo", "MemTotal:       16777216 kB\nMemFree:        1 kB\n");
    }

    @Test
    void withoutGroups_itIsWhatIsBuiltIn() {
        assertThat(MachineMemory.under(root).total()).isEqualTo(16 * GIB);
    }

    @Test
    void theSmallestLimitOfAllGroupsAboveCounts() throws IOException {
        write("proc/self/cgroup", "0::/user.slice/job\n");
        write("sys/fs/cgroup/user.slice/job/memory.max", "max\n");
        write("sys/fs/cgroup/user.slice/memory.max", "4294967296\n");
        assertThat(MachineMemory.under(root).total()).isEqualTo(4 * GIB);
        write("sys/fs/cgroup/user.slice/job/memory.max", "2147483648\n");
        assertThat(MachineMemory.under(root).total()).isEqualTo(2 * GIB);
    }

    @Test
    void inAContainer_theMountedRootIsTheContainers() throws IOException {
        write("proc/self/cgroup", "0::/docker/abc\n");
        write("sys/fs/cgroup/memory.max", "3221225472\n");
        assertThat(MachineMemory.under(root).total()).isEqualTo(3 * GIB);
    }

    @Test
    void version1_andItsNumberForNoLimit() throws IOException {
        write("proc/self/cgroup", "5:cpu,cpuacct:/a\n4:memory:/a\n0::/\n");
        write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n");
        assertThat(MachineMemory.under(root).total()).isEqualTo(16 * GIB);
        write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "1073741824\n");
        assertThat(MachineMemory.under(root).total()).isEqualTo(GIB);
    }

    @Test
    void aRunGetsItsShareOfWhatTheServerLeaves() {
        assertThat(new MachineMemory(16 * GIB).forOneRun(1)).isEqualTo(15 * GIB);
        assertThat(new MachineMemory(16 * GIB).forOneRun(3)).isEqualTo(5 * GIB);
        assertThat(new MachineMemory(2 * GIB).forOneRun(1)).isEqualTo(3 * GIB / 2);
    }

    @Test
    void thisMachineHasSome() {
        assertThat(MachineMemory.here().total()).isGreaterThan(GIB / 4);
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
