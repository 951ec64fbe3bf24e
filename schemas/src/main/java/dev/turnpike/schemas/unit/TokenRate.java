package dev.turnpike.schemas.unit;

import java.math.BigDecimal;

/**
 * The price of one token in pico-dollars, so that prices quoted in USD per million tokens are whole
 * numbers down to 0.000001 USD per million.
 *
 * @param picoUsdPerToken 0 to 10^12 (one dollar per token)
 */
public record TokenRate(long picoUsdPerToken) {
    public static final long PICO_USD_PER_TOKEN_MAX = 1_000_000_000_000L;

    private static final int SCALE = 6;

    /**
     * @throws IllegalArgumentException if out of range
     */
    public TokenRate {
        if (picoUsdPerToken < 0 || picoUsdPerToken > PICO_USD_PER_TOKEN_MAX) {
            throw new IllegalArgumentException("token rate out of range: " + picoUsdPerToken);
        }
    }

    /**
     * @param usd US dollars per million tokens, at most six decimal places
     * @throws ArithmeticException if {@code usd} has more decimal places or does not fit
     * @throws IllegalArgumentException if out of range
     */
    public static TokenRate ofUsdPerMillion(BigDecimal usd) {
        return new TokenRate(usd.movePointRight(SCALE).longValueExact());
    }

    /** US dollars per million tokens as a plain decimal. */
    public String toUsdPerMillion() {
        var decimal = BigDecimal.valueOf(picoUsdPerToken, SCALE).stripTrailingZeros();
        return (decimal.scale() < 0 ? decimal.setScale(0) : decimal).toPlainString();
    }
}
