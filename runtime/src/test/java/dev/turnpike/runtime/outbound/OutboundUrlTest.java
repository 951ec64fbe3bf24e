package dev.turnpike.runtime.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.outbound.OutboundUrl.Policy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundUrlTest {
    @Test
    void aUrlIsTakenApart() throws InvalidUrlException {
        var url = OutboundUrl.parse("HTTPS://Api.Example.COM:8443/v1/?x=1", Policy.HTTPS_ONLY);

        assertThat(url).isEqualTo(new OutboundUrl("https", "api.example.com", 8443, "/v1/?x=1"));
        assertThat(url.hostHeader()).isEqualTo("api.example.com:8443");
        assertThat(url.basePath()).isEqualTo("/v1");
    }

    @Test
    void literalsNamesAndDefaultPortsAreUnderstood() throws InvalidUrlException {
        assertThat(OutboundUrl.parse("http://[::1]:9/", Policy.HTTP_ALLOWED))
                .isEqualTo(new OutboundUrl("http", "::1", 9, "/"));
        assertThat(OutboundUrl.parse("http://192.0.2.10", Policy.HTTP_ALLOWED).host())
                .isEqualTo("192.0.2.10");
        assertThat(OutboundUrl.parse("http://1.example", Policy.HTTP_ALLOWED).host())
                .isEqualTo("1.example");
        assertThat(OutboundUrl.parse("http://my_vllm", Policy.HTTP_ALLOWED))
                .isEqualTo(new OutboundUrl("http", "my_vllm", 80, "/"));
        assertThat(OutboundUrl.parse("https://b\u00fccher.example", Policy.HTTPS_ONLY).host())
                .isEqualTo("xn--bcher-kva.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.com",
                "ftp://example.com",
                "file:///etc/passwd",
                "http://example.com",
                "https://",
                "https:///x",
                "https://user@example.com",
                "https://u:p@example.com",
                "https://example.com#x",
                "https://example.com/a b",
                "https://example.com/\r\nx: y",
                "https://exa%6dple.com",
                "https://a..b",
                "https://.a",
                "https://a.",
                "https://a:0",
                "https://a:65536",
                "https://a:",
                "https://a:8x",
                "https://[::1",
                "https://[fe80::1%25e]",
                "https://a\\b",
                "https://example.com/\u00e9",
                "https://a\u0000b",
                "javascript://x",
                "https://0x7f000001",
                "https://0x7f.1",
                "https://a.0x",
                "https://0177.0.0.1",
                "https://017700000001",
                "https://2130706433",
                "https://127.1",
                "https://127.0.0.01",
                "https://1.2.3.4.5",
                "https://example.1"
            })
    void whatIsDoubtfulIsRefused(String url) {
        assertThatThrownBy(() -> OutboundUrl.parse(url, Policy.HTTPS_ONLY))
                .isInstanceOf(InvalidUrlException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://user:pass@host/", "https://user@host/", "https://u:p@host:8443/"})
    void aUrlWithAPasswordIsToldSo(String url) {
        assertThatThrownBy(() -> OutboundUrl.parse(url, Policy.HTTPS_ONLY))
                .hasMessage("the URL must not hold a user name or password");
    }
}
