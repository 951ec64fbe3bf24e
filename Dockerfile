# One image for every service; the command is the name of one: `edge`, `control-plane`, ...
# Nothing secret is built in: keys come as files at run time (docs/operating/distributed.md).

FROM eclipse-temurin:25.0.3_9-jdk-noble AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw -B -ntp -q -pl launcher -am -Dmaven.test.skip=true \
        package dependency:copy-dependencies -DincludeScope=runtime \
    && mkdir /lib-of-image \
    && cp launcher/target/dependency/*.jar launcher/target/turnpike-launcher-*.jar /lib-of-image/

FROM eclipse-temurin:25.0.3_9-jre-noble
RUN groupadd --system --gid 10001 turnpike \
    && useradd --system --uid 10001 --gid turnpike --no-create-home \
        --home-dir /var/lib/turnpike --shell /usr/sbin/nologin turnpike \
    && install -d -o turnpike -g turnpike -m 0700 /var/lib/turnpike
COPY --from=build /lib-of-image/ /opt/turnpike/lib/
COPY jvm.options /opt/turnpike/jvm.options
COPY LICENSE /opt/turnpike/LICENSE
COPY docker/healthy docker/prepare /opt/turnpike/bin/
RUN /opt/turnpike/bin/prepare /opt/turnpike
USER turnpike
WORKDIR /var/lib/turnpike
ENV TURNPIKE_DATA_DIRECTORY=/var/lib/turnpike
ENTRYPOINT ["java", \
    "@/opt/turnpike/jvm.options", \
    "@/opt/turnpike/classpath", \
    "-XX:MaxRAMPercentage=50", \
    "-XX:AOTCache=/opt/turnpike/start.aot", \
    "-Xlog:aot*=off", \
    "-Xlog:cds*=off", \
    "dev.turnpike.launcher.Turnpike"]
CMD ["help"]
