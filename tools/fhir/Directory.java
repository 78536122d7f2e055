// A FHIR R4 server of the directory, on HAPI: the resources of one bundle, searched by the parameters that Annuaire Santé has.
// It answers as HAPI does: its own links between pages, its OperationOutcomes, its reading of parameters. The counterpart of
// directory::fhir in `make test-long PART=fhir`. It ends with its stdin.
//
// java -cp … Directory BUNDLE KEY: prints its address on one line.

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.model.api.Include;
import ca.uhn.fhir.model.api.ResourceMetadataKeyEnum;
import ca.uhn.fhir.model.valueset.BundleEntrySearchModeEnum;
import ca.uhn.fhir.rest.annotation.IncludeParam;
import ca.uhn.fhir.rest.annotation.OptionalParam;
import ca.uhn.fhir.rest.annotation.Search;
import ca.uhn.fhir.rest.api.server.IBundleProvider;
import ca.uhn.fhir.rest.param.DateRangeParam;
import ca.uhn.fhir.rest.param.ReferenceOrListParam;
import ca.uhn.fhir.rest.param.StringParam;
import ca.uhn.fhir.rest.param.TokenOrListParam;
import ca.uhn.fhir.rest.param.TokenParam;
import ca.uhn.fhir.rest.server.FifoMemoryPagingProvider;
import ca.uhn.fhir.rest.server.IResourceProvider;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.SimpleBundleProvider;
import ca.uhn.fhir.rest.server.exceptions.AuthenticationException;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.Practitioner;
import org.hl7.fhir.r4.model.PractitionerRole;
import org.hl7.fhir.r4.model.Resource;

public final class Directory {
    private static Bundle all;

    public static void main(String[] arguments) throws Exception {
        FhirContext fhir = FhirContext.forR4();
        all = fhir.newJsonParser().parseResource(Bundle.class, Files.readString(Path.of(arguments[0])));
        RestfulServer servlet = new RestfulServer(fhir);
        servlet.setResourceProviders(List.of(new Practitioners(), new Roles(), new Organizations()));
        servlet.setPagingProvider(new FifoMemoryPagingProvider(50));
        servlet.setDefaultPageSize(50);
        servlet.registerInterceptor(new Key(arguments[1]));
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        context.addServlet(new ServletHolder(servlet), "/fhir/v2/*");
        server.setHandler(context);
        server.start();
        System.out.println("http://127.0.0.1:" + connector.getLocalPort() + "/fhir/v2");
        while (System.in.read() >= 0) { }
        System.exit(0);
    }

    /** Refuses whoever has not the key. */
    @Interceptor
    public static final class Key {
        private final String key;

        Key(String key) {
            this.key = key;
        }

        @Hook(Pointcut.SERVER_INCOMING_REQUEST_PRE_PROCESSED)
        public boolean check(HttpServletRequest request) {
            if (!key.equals(request.getHeader("ESANTE-API-KEY"))) {
                throw new AuthenticationException("Unauthorized");
            }
            return true;
        }
    }

    private static <T extends Resource> List<T> those(Class<T> kind, Predicate<T> wanted) {
        List<T> found = new ArrayList<>();
        for (Bundle.BundleEntryComponent entry : all.getEntry()) {
            if (kind.isInstance(entry.getResource()) && wanted.test(kind.cast(entry.getResource()))) {
                found.add(kind.cast(entry.getResource()));
            }
        }
        return found;
    }

    private static IBundleProvider answer(List<? extends Resource> matches, List<? extends Resource> included) {
        List<IBaseResource> list = new ArrayList<>(matches);
        for (Resource resource : included) {
            Resource copy = resource.copy();
            ResourceMetadataKeyEnum.ENTRY_SEARCH_MODE.put(copy, BundleEntrySearchModeEnum.INCLUDE);
            list.add(copy);
        }
        return new SimpleBundleProvider(list);
    }

    private static boolean identified(List<Identifier> identifiers, TokenOrListParam wanted) {
        return wanted == null || identifiers.stream().anyMatch(one -> wanted.getValuesAsQueryTokens().stream().anyMatch(
            token -> token.getValue().equals(one.getValue())
                && (token.getSystem() == null || token.getSystem().equals(one.getSystem()))));
    }

    private static boolean active(boolean has, boolean active, TokenParam wanted) {
        return wanted == null || (has && wanted.getValue().equals(String.valueOf(active)));
    }

    private static boolean updated(Resource resource, DateRangeParam range) {
        Date at = resource.getMeta().getLastUpdated();
        return range == null || range.getLowerBoundAsInstant() == null
            || (at != null && !at.before(range.getLowerBoundAsInstant()));
    }

    private static boolean coded(List<CodeableConcept> concepts, TokenParam wanted) {
        return wanted == null || concepts.stream().flatMap(concept -> concept.getCoding().stream())
            .map(Coding::getCode).anyMatch(wanted.getValue()::equals);
    }

    private static boolean names(org.hl7.fhir.r4.model.Reference reference, Resource resource) {
        return resource.getIdElement().getIdPart().equals(reference.getReferenceElement().getIdPart());
    }

    public static final class Practitioners implements IResourceProvider {
        @Override
        public Class<Practitioner> getResourceType() {
            return Practitioner.class;
        }

        @Search
        public IBundleProvider search(@OptionalParam(name = "identifier") TokenOrListParam identifier,
                @OptionalParam(name = "family") StringParam family, @OptionalParam(name = "active") TokenParam active,
                @OptionalParam(name = "qualification-code") TokenParam code,
                @OptionalParam(name = "_lastUpdated") DateRangeParam updated,
                @IncludeParam(reverse = true, allow = {"PractitionerRole:practitioner"}) Set<Include> reverse) {
            List<Practitioner> found = those(Practitioner.class, it -> identified(it.getIdentifier(), identifier)
                && (family == null || it.getName().stream().anyMatch(name -> name.getFamily() != null
                    && name.getFamily().toLowerCase().startsWith(family.getValue().toLowerCase())))
                && active(it.hasActive(), it.getActive(), active) && updated(it, updated)
                && coded(it.getQualification().stream().map(q -> q.getCode()).toList(), code));
            List<PractitionerRole> roles = reverse == null || reverse.isEmpty() ? List.of()
                : those(PractitionerRole.class, role -> found.stream().anyMatch(it -> names(role.getPractitioner(), it)));
            return answer(found, roles);
        }
    }

    public static final class Roles implements IResourceProvider {
        @Override
        public Class<PractitionerRole> getResourceType() {
            return PractitionerRole.class;
        }

        @Search
        public IBundleProvider search(@OptionalParam(name = "practitioner") ReferenceOrListParam practitioner,
                @OptionalParam(name = "active") TokenParam active, @OptionalParam(name = "role") TokenParam code,
                @IncludeParam(allow = {"PractitionerRole:organization", "PractitionerRole:practitioner"}) Set<Include> includes) {
            List<PractitionerRole> found = those(PractitionerRole.class, it -> (practitioner == null
                || practitioner.getValuesAsQueryTokens().stream().anyMatch(
                    wanted -> wanted.getIdPart().equals(it.getPractitioner().getReferenceElement().getIdPart())))
                && active(it.hasActive(), it.getActive(), active) && coded(it.getCode(), code));
            boolean places = includes != null && includes.stream().anyMatch(it -> it.getValue().endsWith("organization"));
            return answer(found, !places ? List.of()
                : those(Organization.class, place -> found.stream().anyMatch(it -> names(it.getOrganization(), place))));
        }
    }

    public static final class Organizations implements IResourceProvider {
        @Override
        public Class<Organization> getResourceType() {
            return Organization.class;
        }

        @Search
        public IBundleProvider search(@OptionalParam(name = "identifier") TokenOrListParam identifier,
                @OptionalParam(name = "active") TokenParam active) {
            return answer(those(Organization.class, it -> identified(it.getIdentifier(), identifier)
                && active(it.hasActive(), it.getActive(), active)), List.of());
        }
    }
}
