/*
 * One sign-in with a CPS card at a provider whose login is the certificate of the connection: a Keycloak with X.509 login, a
 * hospital's own. TLS is OpenSSL's, and the card signs for it. The PIN is the first line of stdin.
 *
 *     cc sign_in_card.c $(pkg-config --cflags --libs sas-psc libssl libcrypto) -o sign_in_card
 *     SECRET=… ./sign_in_card https://idp.example.fr/realms/hospital ca.pem my-client-id http://127.0.0.1/callback
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* RSA_METHOD is OpenSSL's way to a key that lies elsewhere, but for a provider */
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sas_psc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST = 1 << 20 };

static sas_psc_card_key *card;
static sas_psc_error *refused; /* what the card said when TLS asked it */

static int64_t now(void)
{
    return (int64_t)time(NULL) * 1000;
}

/* OpenSSL has hashed the handshake; the card signs the hash. */
static int card_signs(int type, const unsigned char *hash, unsigned int hash_len, unsigned char *to, unsigned int *to_len, const RSA *key)
{
    const char *scheme = type == NID_sha256 ? "pkcs1-sha256" : type == NID_sha384 ? "pkcs1-sha384" : "pkcs1-sha512";
    sas_psc_string *signature = NULL;

    if (sas_psc_card_key_sign_hash(card, scheme, hash, hash_len, &signature, &refused) != 0)
        return 0;
    *to_len = (unsigned int)sas_psc_string_len(signature);
    if (*to_len <= (unsigned int)RSA_size(key))
        memcpy(to, sas_psc_string_data(signature), *to_len);
    sas_psc_string_free(signature);
    return *to_len <= (unsigned int)RSA_size(key);
}

/* TLS that shows the card: 1.2 and PKCS#1, which every generation does. */
static SSL_CTX *tls_of_the_card(const char *ca, sas_psc_error **error)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
    RSA_METHOD *method = RSA_meth_dup(RSA_PKCS1_OpenSSL());
    sas_psc_string *der = NULL;
    const unsigned char *at;
    EVP_PKEY *public = NULL, *key = EVP_PKEY_new();
    X509 *certificate = NULL;
    RSA *rsa = NULL;
    int good = 0;

    if (sas_psc_card_key_certificate(card, &der, error) == 0) {
        at = (const unsigned char *)sas_psc_string_data(der);
        certificate = d2i_X509(NULL, &at, (long)sas_psc_string_len(der));
    }
    if (certificate != NULL && (public = X509_get_pubkey(certificate)) != NULL)
        rsa = EVP_PKEY_get1_RSA(public);
    if (rsa != NULL && tls != NULL && method != NULL && key != NULL)
        good = RSA_meth_set_sign(method, card_signs) && RSA_set_method(rsa, method) && EVP_PKEY_set1_RSA(key, rsa)
            && SSL_CTX_set_max_proto_version(tls, TLS1_2_VERSION)
            && SSL_CTX_set1_sigalgs_list(tls, "RSA+SHA256:RSA+SHA384:RSA+SHA512")
            && SSL_CTX_load_verify_locations(tls, ca, NULL) && SSL_CTX_use_certificate(tls, certificate)
            && SSL_CTX_use_PrivateKey(tls, key);
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
    sas_psc_string_free(der);
    X509_free(certificate);
    EVP_PKEY_free(public);
    EVP_PKEY_free(key);
    RSA_free(rsa);
    if (good)
        return tls;
    SSL_CTX_free(tls);
    return NULL;
}

/* The lines of an answer, then its body. */
static sas_psc_response *answer_of(char *text, size_t length)
{
    char *body = strstr(text, "\r\n\r\n"), *line = text, *next, *value;
    sas_psc_response *response = NULL;
    unsigned status;

    if (body == NULL || sscanf(text, "HTTP/%*s %u", &status) != 1)
        return NULL;
    body[2] = '\0';
    body += 4;
    if (sas_psc_response_new(status, body, length - (size_t)(body - text), &response, NULL) != 0)
        return NULL;
    while ((next = strstr(line, "\r\n")) != NULL) {
        *next = '\0';
        if (line != text && (value = strchr(line, ':')) != NULL) {
            *value++ = '\0';
            sas_psc_response_add_header(response, line, value + strspn(value, " "), NULL);
        }
        line = next + 2;
    }
    return response;
}

/* Sends a request on a connection of its own; null when there is no answer. HTTP 1.0: the answer ends with the connection. */
static sas_psc_response *send_it(SSL_CTX *tls, const sas_psc_request *request)
{
    const char *url = sas_psc_request_url(request), *path;
    static char text[MOST];
    char host[256];
    size_t length = 0, at;
    SSL *connection = NULL;
    BIO *line = BIO_new_ssl_connect(tls);
    int went;

    if (line == NULL || sscanf(url, "https://%255[^/?]", host) != 1)
        return NULL;
    path = url + strlen("https://") + strlen(host);
    BIO_get_ssl(line, &connection);
    BIO_set_conn_hostname(line, host);
    if (strchr(host, ':') == NULL)
        BIO_set_conn_port(line, "443");
    *(host + strcspn(host, ":")) = '\0';
    if (host[strspn(host, "0123456789.")] != '\0')
        SSL_set_tlsext_host_name(connection, host);
    if (SSL_set1_host(connection, host) && BIO_do_connect(line) > 0) {
        BIO_printf(line, "%s %s HTTP/1.0\r\nhost: %.*s\r\n", sas_psc_request_method(request), *path ? path : "/",
                   (int)(path - url - 8), url + 8);
        for (at = 0; at < sas_psc_request_header_count(request); at++)
            BIO_printf(line, "%s: %s\r\n", sas_psc_request_header_name(request, at), sas_psc_request_header_value(request, at));
        BIO_printf(line, "content-length: %lu\r\n\r\n", (unsigned long)sas_psc_request_body_len(request));
        BIO_write(line, sas_psc_request_body(request), (int)sas_psc_request_body_len(request));
        while (length < MOST - 1 && (went = BIO_read(line, text + length, (int)(MOST - 1 - length))) > 0)
            length += (size_t)went;
    }
    BIO_free_all(line);
    text[length] = '\0';
    return answer_of(text, length);
}

/* The loop of every exchange: send, wait, or done. */
static int32_t run(sas_psc_exchange *exchange, SSL_CTX *tls, sas_psc_error **error)
{
    for (;;) {
        sas_psc_request *request = NULL;
        sas_psc_response *response;
        int64_t wait_until = 0;
        int32_t status = sas_psc_exchange_next(exchange, now(), &request, &wait_until, error);

        if (status != 0 || (request == NULL && wait_until == 0))
            return status;
        if (request == NULL)
            continue; /* a program sleeps until wait_until */
        response = send_it(tls, request);
        sas_psc_request_free(request);
        if (response != NULL)
            status = sas_psc_exchange_answered(exchange, response, now(), error);
        else
            status = sas_psc_exchange_failed(exchange, SAS_PSC_ERROR_CONNECTION_LOST, now(), error);
        sas_psc_response_free(response);
        if (status != 0)
            return status;
    }
}

int main(int argc, char **argv)
{
    sas_psc_readers *readers = NULL;
    sas_psc_environment *environment = NULL;
    sas_psc_client *client = NULL;
    sas_psc_exchange *exchange = NULL;
    sas_psc_string *person = NULL;
    sas_psc_error *error = NULL;
    SSL_CTX *tls = NULL;
    char pin[16] = "";

    if (argc != 5) {
        fprintf(stderr, "usage: %s ISSUER CA CLIENT_ID REDIRECT_URI\n", argv[0]);
        return 2;
    }
    if (sas_psc_environment_of(argv[1], &environment, &error) != 0 ||
        sas_psc_client_new(argv[3], getenv("SECRET"), argv[4], &client, &error) != 0 ||
        sas_psc_exchange_by_certificate(environment, client, now(), &exchange, &error) != 0)
        goto end;
    if (fgets(pin, sizeof pin, stdin) == NULL)
        goto end;
    /* A wrong PIN is known here, before anybody is connected to. */
    if (sas_psc_readers_new(&readers, &error) != 0 ||
        sas_psc_card_key_in_reader(readers, NULL, pin, false, &card, &error) != 0)
        goto end;
    if ((tls = tls_of_the_card(argv[2], &error)) == NULL || run(exchange, tls, &error) != 0 ||
        sas_psc_exchange_signed_in(exchange, now(), &person, &error) != 0)
        goto end;
    printf("%s\n", sas_psc_string_data(person));

end:
    OPENSSL_cleanse(pin, sizeof pin);
    if (refused != NULL)
        fprintf(stderr, "%s: %s\n", sas_psc_error_name(refused), sas_psc_error_message(refused, getenv("LANG")));
    else if (error != NULL)
        fprintf(stderr, "%s: %s %s\n", sas_psc_error_name(error), sas_psc_error_message(error, getenv("LANG")),
                sas_psc_error_hint(error, getenv("LANG")));
    argc = person == NULL;
    sas_psc_error_free(refused);
    sas_psc_error_free(error);
    sas_psc_string_free(person);
    SSL_CTX_free(tls);
    sas_psc_exchange_free(exchange);
    sas_psc_card_key_free(card);
    sas_psc_client_free(client);
    sas_psc_environment_free(environment);
    sas_psc_readers_free(readers);
    return argc;
}
