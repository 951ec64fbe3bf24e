package dev.turnpike.edge.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.schemas.control.Provider;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockTest {
    private static final Unfinished.Called CALLED =
            new Unfinished.Called(Facts.NOON, Provider.DEMO, "demo-1");

    private final Block block = new Block();

    private JournalRecord add(long position, Mark mark, int... value) {
        return block.add(
                position,
                Facts.NOON.plusMillis(position),
                (int) position,
                ("key-" + position).getBytes(StandardCharsets.UTF_8),
                mark,
                row -> {
                    for (int one : value) {
                        row.writeRawByte(one);
                    }
                });
    }

    private byte[] row() {
        var batch = new JournalBatch();
        block.putInto(batch, 1);
        var put = (JournalBatch.Change.Put) batch.changes().getFirst();
        return Arrays.copyOf(put.value(), put.length());
    }

    private static BlockReader reader(long position, byte[] row) {
        return new BlockReader(Block.rowKey(position), row);
    }

    @Test
    void recordsComeBackInOrderWithTheirMarks() {
        add(7, new Mark.Start(CALLED), 1, 2, 3);
        add(8, new Mark.Start(null));
        add(9, new Mark.End(7), 4);
        add(10, Mark.None.INSTANCE, 5, 6);
        var reader = reader(7, row());
        var marks = new ArrayList<Mark>();
        var records = new ArrayList<JournalRecord>();
        while (reader.next()) {
            marks.add(reader.marked());
            records.add(reader.record());
            assertThat(reader.valueBytes()).isEqualTo(records.getLast().value().length);
        }
        assertThat(reader.next()).isFalse();
        assertThat(marks)
                .containsExactly(
                        new Mark.Start(CALLED),
                        new Mark.Start(null),
                        new Mark.End(7),
                        Mark.None.INSTANCE);
        assertThat(records).extracting(JournalRecord::position).containsExactly(7L, 8L, 9L, 10L);
        assertThat(new String(records.getLast().key(), StandardCharsets.UTF_8)).isEqualTo("key-10");
        assertThat(records.getLast().partition()).isEqualTo(10);
        assertThat(records.getLast().writtenAt()).isEqualTo(Facts.NOON.plusMillis(10));
        assertThat(records.stream().map(JournalRecord::value).toList())
                .containsExactlyElementsOf(
                        List.of(
                                new byte[] {1, 2, 3},
                                new byte[] {},
                                new byte[] {4},
                                new byte[] {5, 6}));
    }

    @Test
    void recordsAreSkippedWithoutReadingThem() {
        add(1, new Mark.Start(CALLED), 1, 2, 3);
        add(2, new Mark.End(1), 4);
        var reader = reader(1, row());
        assertThat(reader.next()).isTrue();
        assertThat(reader.next()).isTrue();
        assertThat(reader.position()).isEqualTo(2);
        assertThat(reader.record().value()).containsExactly(4);
    }

    @Test
    void aValueThatCannotBeWrittenLeavesNothing() {
        add(1, Mark.None.INSTANCE, 1);
        var before = row();
        assertThatThrownBy(() ->
                        block.add(
                                2,
                                Facts.NOON,
                                0,
                                new byte[] {'k'},
                                Mark.None.INSTANCE,
                                row -> {
                                    row.writeRawLong(1);
                                    throw new IllegalStateException("no");
                                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(row()).isEqualTo(before);
    }

    @Test
    void aBlockIsUsedAgain() {
        int first = block.length();
        add(1, Mark.None.INSTANCE, 1, 1, 1);
        block.truncate(first);
        assertThat(add(1, Mark.None.INSTANCE, 2).value()).containsExactly(2);
        var reader = reader(1, row());
        assertThat(reader.next()).isTrue();
        assertThat(reader.record().value()).containsExactly(2);
        assertThat(reader.next()).isFalse();
    }
}
