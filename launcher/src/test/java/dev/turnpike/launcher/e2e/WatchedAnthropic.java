package dev.turnpike.launcher.e2e;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.RequestOptions;
import com.anthropic.core.http.HttpClient;
import com.anthropic.core.http.HttpRequest;
import com.anthropic.core.http.HttpResponse;
import java.util.concurrent.CompletableFuture;

/** The transport of anthropic-java, below its retries, which tells a run of every request. */
final class WatchedAnthropic implements HttpClient {
    private final HttpClient real;
    private final JavaRun run;

    private WatchedAnthropic(HttpClient real, JavaRun run) {
        this.real = real;
        this.run = run;
    }

    /** A client with nothing changed but base URL, key and, if given, retries and timeout. */
    static AnthropicClient client(JavaRun run, JavaTroubles.Setting setting) {
        var client =
                AnthropicOkHttpClient.builder()
                        .baseUrl(run.url())
                        .apiKey(setting.key())
                        .addInterceptor(real -> new WatchedAnthropic(real, run));
        setting.maxRetries().ifPresent(client::maxRetries);
        setting.timeout().ifPresent(client::timeout);
        return client.build();
    }

    @Override
    public HttpResponse execute(HttpRequest request, RequestOptions options) {
        var sent = run.sent("/" + String.join("/", request.pathSegments()));
        var response = real.execute(request, options);
        JavaRun.answered(sent, response.statusCode(), response.requestId().orElse(""));
        return response;
    }

    @Override
    public CompletableFuture<HttpResponse> executeAsync(
            HttpRequest request, RequestOptions options) {
        return real.executeAsync(request, options);
    }

    @Override
    public void close() {
        real.close();
    }
}
