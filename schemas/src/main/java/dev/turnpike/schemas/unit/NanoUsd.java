package dev.turnpike.schemas.unit;

import java.math.BigDecimal;

/**
 * An amount of money in nano-dollars: 1 USD is 1_000_000_000. Negative only for credits.
 *
 * @param value whole nano-dollars
 */
public record NanoUsd(long value) implements Comparable<NanoUsd> {
    public static final NanoUsd ZERO = new NanoUsd(0);

    private static final int SCALE = 9;

    /**
     * Parses decimal US dollars.
     *
     * @throws ArithmeticException if {@code decimal} has more than nine decimal places or does not
     *     fit
     */
    public static NanoUsd ofDecimal(BigDecimal decimal) {
        return new NanoUsd(decimal.movePointRight(SCALE).longValueExact());
    }

    /**
     * @throws ArithmeticException if the sum does not fit in a long
     */
    public NanoUsd plus(NanoUsd other) {
        return new NanoUsd(Math.addExact(value, other.value));
    }

    /** US dollars as a plain decimal without trailing zeros: {@code 0.000135}. */
    public String toDecimal() {
        var decimal = BigDecimal.valueOf(value, SCALE).stripTrailingZeros();
        return (decimal.scale() < 0 ? decimal.setScale(0) : decimal).toPlainString();
    }

    @Override
    public int compareTo(NanoUsd other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return toDecimal() + " USD";
    }
}
