package dev.turnpike.edge.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowsSimTest {
    private static final int STEPS = 5_000;
    private static final int NUMBERS = 40;

    private record Row(long used, long reserved, long others, long news) {
        static final Row NEW = new Row(0, 0, 0, Windows.NO_NEWS);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 20_261_121})
    void anArrayOfWindowsHoldsWhatAMapOfThemWould(long seed) {
        var random = new Random(seed);
        var windows = new Windows();
        var model = new TreeMap<Long, Row>();
        for (int step = 0; step < STEPS; step++) {
            long number = random.nextInt(NUMBERS);
            long amount = random.nextInt(100);
            switch (random.nextInt(8)) {
                case 0 -> {
                    windows.dropBefore(number);
                    model.headMap(number, false).clear();
                }
                case 1, 2 -> {
                    windows.others(windows.make(number), amount, step);
                    long news = step;
                    model.compute(number, (n, row) -> heard(row, amount, news));
                }
                default -> {
                    windows.add(windows.make(number), amount, amount - 50);
                    model.compute(number, (n, row) -> added(row, amount));
                }
            }
            assertThat(rows(windows)).as("step %d, seed %d", step, seed).isEqualTo(rows(model));
            int found = windows.find(number);
            assertThat(found >= 0).isEqualTo(model.containsKey(number));
            assertThat(windows.from(number)).isEqualTo(model.headMap(number, false).size());
        }
    }

    private static Row heard(@Nullable Row row, long amount, long news) {
        var before = row == null ? Row.NEW : row;
        return new Row(before.used(), before.reserved(), amount, news);
    }

    private static Row added(@Nullable Row row, long amount) {
        var before = row == null ? Row.NEW : row;
        long reserved = Math.max(0, before.reserved() + amount - 50);
        return new Row(before.used() + amount, reserved, before.others(), before.news());
    }

    private static List<List<Long>> rows(Windows windows) {
        var rows = new ArrayList<List<Long>>();
        for (int row = 0; row < windows.size(); row++) {
            rows.add(
                    List.of(
                            windows.number(row),
                            windows.used(row),
                            windows.reserved(row),
                            windows.news(row)));
            assertThat(windows.total(row)).isEqualTo(windows.used(row) + windows.reserved(row));
        }
        return rows;
    }

    private static List<List<Long>> rows(Map<Long, Row> model) {
        var rows = new ArrayList<List<Long>>();
        model.forEach((number, row) ->
                rows.add(List.of(number, row.used() + row.others(), row.reserved(), row.news())));
        return rows;
    }
}
