import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.keycloak.component.ComponentModel;
import org.keycloak.credential.UserCredentialManager;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ProtocolMapperModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.SubjectCredentialManager;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.OIDCWellKnownProviderFactory;
import org.keycloak.protocol.oidc.mappers.AbstractOIDCProtocolMapper;
import org.keycloak.protocol.oidc.mappers.OIDCIDTokenMapper;
import org.keycloak.protocol.oidc.mappers.UserInfoTokenMapper;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.IDToken;
import org.keycloak.storage.StorageId;
import org.keycloak.storage.UserStorageProvider;
import org.keycloak.storage.UserStorageProviderFactory;
import org.keycloak.storage.adapter.AbstractUserAdapter;
import org.keycloak.storage.user.UserLookupProvider;
import org.keycloak.util.JsonSerialization;

/** What a stock Keycloak lacks to answer as Pro Santé Connect does: where discovery lies, who the people are, their claims. */
public final class Psc {
    private Psc() {}

    /** people.json, packed beside this class: a person's login (IdNat, in any case) and what userinfo says of them. */
    private static final Map<String, Map<String, Object>> PEOPLE = people();

    private static Map<String, Map<String, Object>> people() {
        var people = new TreeMap<String, Map<String, Object>>(String.CASE_INSENSITIVE_ORDER);
        try (var file = Psc.class.getResourceAsStream("people.json")) {
            people.putAll(JsonSerialization.mapper.readValue(file, new TypeReference<Map<String, Map<String, Object>>>() {}));
            return people;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The discovery document a second time, under PSC's own name. */
    public static class WalletConfiguration extends OIDCWellKnownProviderFactory {
        @Override public String getId() { return "wallet-openid-configuration"; }
    }

    /** The people as a user federation, so that {@code sub} is {@code f:<id of the component>:<IdNat>}, as at PSC. */
    public static class Directory implements UserStorageProviderFactory<Lookup> {
        @Override public String getId() { return "psc-people"; }
        @Override public Lookup create(KeycloakSession session, ComponentModel component) { return new Lookup(session, component); }
    }

    /** Finds a person by login; nobody has an e-mail address here, as at PSC. */
    public record Lookup(KeycloakSession session, ComponentModel component) implements UserStorageProvider, UserLookupProvider {
        @Override public UserModel getUserById(RealmModel realm, String id) {
            return getUserByUsername(realm, StorageId.externalId(id));
        }
        @Override public UserModel getUserByUsername(RealmModel realm, String login) {
            var claims = PEOPLE.get(login);
            return claims == null ? null : new Person(session, realm, component, (String) claims.get("SubjectNameID"));
        }
        @Override public UserModel getUserByEmail(RealmModel realm, String email) { return null; }
        @Override public void close() {}
    }

    /** A person without password: they sign in with a card or a phone. */
    private static class Person extends AbstractUserAdapter {
        private final String login;

        Person(KeycloakSession session, RealmModel realm, ComponentModel component, String login) {
            super(session, realm, component);
            this.login = login;
            this.storageId = new StorageId(component.getId(), login);
        }
        @Override public String getUsername() { return login; }
        /** Unless a line of the file {@code disabled} names them: read each time, so that it counts at once. */
        @Override public boolean isEnabled() {
            try {
                return !Files.readAllLines(Path.of(System.getenv("SAS_PSC_PKI"), "disabled")).contains(login);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        @Override public SubjectCredentialManager credentialManager() { return new UserCredentialManager(session, realm, this); }
    }

    /** PSC's claims: all of them in userinfo, those of a real ID token in the ID token. */
    public static class Claims extends AbstractOIDCProtocolMapper implements OIDCIDTokenMapper, UserInfoTokenMapper {
        private static final List<String> IN_ID_TOKEN =
                List.of("SubjectNameID", "preferred_username", "given_name", "family_name");

        @Override public IDToken transformIDToken(IDToken token, ProtocolMapperModel model, KeycloakSession session,
                UserSessionModel userSession, ClientSessionContext context) {
            var claims = PEOPLE.get(userSession.getLoginUsername());
            IN_ID_TOKEN.forEach(name -> token.getOtherClaims().put(name, claims.get(name)));
            token.getOtherClaims().put("authMode", authMode(userSession));
            return token;
        }
        @Override public AccessToken transformUserInfoToken(AccessToken token, ProtocolMapperModel model, KeycloakSession session,
                UserSessionModel userSession, ClientSessionContext context) {
            token.getOtherClaims().putAll(PEOPLE.get(userSession.getLoginUsername()));
            token.getOtherClaims().put("authMode", authMode(userSession));
            return token;
        }
        /** Only a browser, hence a card, goes through authenticators. */
        private static String authMode(UserSessionModel session) {
            return session.getNotes().containsKey("authenticators-completed") ? "CARD" : "MOBILE";
        }
        @Override public String getId() { return "psc-claims"; }
        @Override public String getDisplayType() { return "PSC claims"; }
        @Override public String getDisplayCategory() { return TOKEN_MAPPER_CATEGORY; }
        @Override public String getHelpText() { return ""; }
        @Override public List<ProviderConfigProperty> getConfigProperties() { return List.of(); }
    }
}
