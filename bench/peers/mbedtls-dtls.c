/*
 * The peer's figures from Mbed TLS 2.28 or 3: DTLS 1.2 handshakes and records with both ends in one process, and
 * AES-CCM. EC-JPAKE is measured where the library has it (Debian's 2.28 does not). Prints one JSON line a figure; an
 * argument is a prefix of the figures wanted.
 */
#include "figure.h"

#include <mbedtls/ccm.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cookie.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

static const unsigned char psk_key[16] = {0x53, 0x65, 0x6c, 0x76, 0x61, 0x67, 0x65};
static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context random_source;
static mbedtls_ssl_cookie_ctx cookies;

/* A datagram queue: what one end sent and the other has not read. */
struct wire {
    unsigned char bytes[16][1500];
    size_t lengths[16];
    unsigned int first, count;
};

struct end {
    mbedtls_ssl_context ssl;
    struct wire *out, *in;
    int intermediate, final; /* the timer that Mbed TLS set; it never fires here, for nothing is lost */
};

struct session {
    struct end client, server;
    struct wire to_client, to_server;
};

struct suite {
    mbedtls_ssl_config client, server;
    int ids[2];
    const char *passphrase;
};

static void check(int result, const char *what)
{
    if (result != 0) {
        fprintf(stderr, "%s: %s: -0x%04x\n", peer_name, what, (unsigned int) -result);
        exit(1);
    }
}

/* --- the wire and the timer --- */

static int send_datagram(void *context, const unsigned char *bytes, size_t length)
{
    struct wire *wire = ((struct end *) context)->out;
    if (wire->count == 16 || length > sizeof wire->bytes[0]) {
        return MBEDTLS_ERR_SSL_WANT_WRITE;
    }
    unsigned int slot = (wire->first + wire->count++) % 16;
    memcpy(wire->bytes[slot], bytes, length);
    wire->lengths[slot] = length;
    return (int) length;
}

static int receive_datagram(void *context, unsigned char *bytes, size_t size)
{
    struct wire *wire = ((struct end *) context)->in;
    if (wire->count == 0) {
        return MBEDTLS_ERR_SSL_WANT_READ;
    }
    size_t length = wire->lengths[wire->first] < size ? wire->lengths[wire->first] : size;
    memcpy(bytes, wire->bytes[wire->first], length);
    wire->first = (wire->first + 1) % 16;
    wire->count--;
    return (int) length;
}

static void set_timer(void *context, uint32_t intermediate, uint32_t final)
{
    struct end *end = context;
    end->intermediate = intermediate != 0;
    end->final = final != 0;
}

static int get_timer(void *context)
{
    return ((struct end *) context)->final ? 0 : -1;
}

/* --- certificates: one authority, one leaf for each end --- */

static mbedtls_pk_context *new_key(void)
{
    mbedtls_pk_context *key = calloc(1, sizeof *key);
    mbedtls_pk_init(key);
    check(mbedtls_pk_setup(key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)), "key");
    check(mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key), mbedtls_ctr_drbg_random, &random_source), "key");
    return key;
}

static mbedtls_x509_crt *new_certificate(const char *name, mbedtls_pk_context *key, mbedtls_pk_context *issuer_key)
{
    unsigned char der[1024];
    mbedtls_mpi serial;
    mbedtls_x509write_cert writer;
    mbedtls_x509write_crt_init(&writer);
    mbedtls_mpi_init(&serial);
    check(mbedtls_mpi_lset(&serial, 1), "serial");
    mbedtls_x509write_crt_set_version(&writer, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(&writer, MBEDTLS_MD_SHA256);
    check(mbedtls_x509write_crt_set_serial(&writer, &serial), "serial");
    check(mbedtls_x509write_crt_set_validity(&writer, "20200101000000", "20991231235959"), "validity");
    check(mbedtls_x509write_crt_set_subject_name(&writer, name), "subject");
    check(mbedtls_x509write_crt_set_issuer_name(&writer, "CN=authority"), "issuer");
    check(mbedtls_x509write_crt_set_basic_constraints(&writer, key == issuer_key, -1), "constraints");
    mbedtls_x509write_crt_set_subject_key(&writer, key);
    mbedtls_x509write_crt_set_issuer_key(&writer, issuer_key);
    int length = mbedtls_x509write_crt_der(&writer, der, sizeof der, mbedtls_ctr_drbg_random, &random_source);
    check(length > 0 ? 0 : length, "certificate");
    mbedtls_x509write_crt_free(&writer);
    mbedtls_mpi_free(&serial);
    mbedtls_x509_crt *made = calloc(1, sizeof *made);
    mbedtls_x509_crt_init(made);
    check(mbedtls_x509_crt_parse_der(made, der + sizeof der - length, (size_t) length), "certificate");
    return made;
}

static void give_certificates(struct suite *suite)
{
    mbedtls_pk_context *authority_key = new_key();
    mbedtls_x509_crt *authority = new_certificate("CN=authority", authority_key, authority_key);
    mbedtls_ssl_config *ends[2] = {&suite->client, &suite->server};
    for (int i = 0; i < 2; i++) {
        mbedtls_pk_context *key = new_key();
        mbedtls_ssl_conf_ca_chain(ends[i], authority, NULL);
        mbedtls_ssl_conf_authmode(ends[i], MBEDTLS_SSL_VERIFY_REQUIRED);
        check(mbedtls_ssl_conf_own_cert(ends[i], new_certificate("CN=device", key, authority_key), key), "own certificate");
    }
}

/* --- suites and sessions --- */

static void configure(mbedtls_ssl_config *config, int role, struct suite *suite)
{
    mbedtls_ssl_config_init(config);
    check(mbedtls_ssl_config_defaults(config, role, MBEDTLS_SSL_TRANSPORT_DATAGRAM, MBEDTLS_SSL_PRESET_DEFAULT), "defaults");
    mbedtls_ssl_conf_rng(config, mbedtls_ctr_drbg_random, &random_source);
    mbedtls_ssl_conf_ciphersuites(config, suite->ids);
#if MBEDTLS_VERSION_MAJOR < 3
    static const mbedtls_ecp_group_id curves[] = {MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_NONE};
    mbedtls_ssl_conf_curves(config, curves);
#else
    static const uint16_t groups[] = {MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1, MBEDTLS_SSL_IANA_TLS_GROUP_NONE};
    mbedtls_ssl_conf_groups(config, groups);
#endif
    mbedtls_ssl_conf_authmode(config, MBEDTLS_SSL_VERIFY_NONE);
}

static struct suite *new_suite(int id)
{
    struct suite *suite = calloc(1, sizeof *suite);
    suite->ids[0] = id;
    configure(&suite->client, MBEDTLS_SSL_IS_CLIENT, suite);
    configure(&suite->server, MBEDTLS_SSL_IS_SERVER, suite);
    mbedtls_ssl_conf_dtls_cookies(&suite->server, mbedtls_ssl_cookie_write, mbedtls_ssl_cookie_check, &cookies);
    return suite;
}

static struct suite *certificate_suite(void)
{
    struct suite *suite = new_suite(MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8);
    give_certificates(suite);
    return suite;
}

static struct suite *psk_suite(void)
{
    struct suite *suite = new_suite(MBEDTLS_TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256);
    mbedtls_ssl_config *ends[2] = {&suite->client, &suite->server};
    for (int i = 0; i < 2; i++) {
        check(mbedtls_ssl_conf_psk(ends[i], psk_key, sizeof psk_key, (const unsigned char *) "device", 6), "psk");
    }
    return suite;
}

static void set_passphrase(mbedtls_ssl_context *ssl, const char *passphrase)
{
#ifdef MBEDTLS_KEY_EXCHANGE_ECJPAKE_ENABLED
    if (passphrase != NULL) {
        check(mbedtls_ssl_set_hs_ecjpake_password(ssl, (const unsigned char *) passphrase, strlen(passphrase)), "passphrase");
    }
#else
    (void) ssl, (void) passphrase;
#endif
}

static void open_end(struct end *end, const mbedtls_ssl_config *config, const char *passphrase)
{
    mbedtls_ssl_init(&end->ssl);
    check(mbedtls_ssl_setup(&end->ssl, config), "setup");
    mbedtls_ssl_set_bio(&end->ssl, end, send_datagram, receive_datagram, NULL);
    mbedtls_ssl_set_timer_cb(&end->ssl, end, set_timer, get_timer);
    /* The certificates name no host. */
    check(mbedtls_ssl_set_hostname(&end->ssl, NULL), "host name");
    set_passphrase(&end->ssl, passphrase);
}

/* After the cookie the server begins again, as a server does that kept nothing of the first ClientHello. */
static int step_server(struct end *server, const char *passphrase)
{
    int result = mbedtls_ssl_handshake(&server->ssl);
    if (result != MBEDTLS_ERR_SSL_HELLO_VERIFY_REQUIRED) {
        return result;
    }
    check(mbedtls_ssl_session_reset(&server->ssl), "reset");
    check(mbedtls_ssl_set_client_transport_id(&server->ssl, (const unsigned char *) "peer", 4), "transport id");
    set_passphrase(&server->ssl, passphrase);
    return MBEDTLS_ERR_SSL_WANT_READ;
}

static struct session *connect_ends(struct suite *suite)
{
    struct session *session = calloc(1, sizeof *session);
    session->client.out = session->server.in = &session->to_server;
    session->server.out = session->client.in = &session->to_client;
    open_end(&session->client, &suite->client, suite->passphrase);
    open_end(&session->server, &suite->server, suite->passphrase);
    check(mbedtls_ssl_set_client_transport_id(&session->server.ssl, (const unsigned char *) "peer", 4), "transport id");
    int client = MBEDTLS_ERR_SSL_WANT_READ;
    int server = MBEDTLS_ERR_SSL_WANT_READ;
    for (int turn = 0; turn < 50 && (client == MBEDTLS_ERR_SSL_WANT_READ || server == MBEDTLS_ERR_SSL_WANT_READ); turn++) {
        client = client == MBEDTLS_ERR_SSL_WANT_READ ? mbedtls_ssl_handshake(&session->client.ssl) : client;
        server = server == MBEDTLS_ERR_SSL_WANT_READ ? step_server(&session->server, suite->passphrase) : server;
    }
    check(client == MBEDTLS_ERR_SSL_WANT_READ ? server : client, "handshake");
    check(server, "handshake");
    return session;
}

static void disconnect(struct session *session)
{
    mbedtls_ssl_free(&session->client.ssl);
    mbedtls_ssl_free(&session->server.ssl);
    free(session);
}

static int handshake(void *suite)
{
    disconnect(connect_ends(suite));
    return 0;
}

static int record(void *context)
{
    struct session *session = context;
    unsigned char sent[100] = {0};
    unsigned char received[200];
    return mbedtls_ssl_write(&session->client.ssl, sent, sizeof sent) != (int) sizeof sent ||
           mbedtls_ssl_read(&session->server.ssl, received, sizeof received) != (int) sizeof sent;
}

/* AES-CCM as an IEEE 802.15.4 frame uses it: 21 bytes of header, 100 of payload, a nonce of 13 and a tag of 4 bytes. */
static int frame(void *context)
{
    static unsigned char nonce[13];
    unsigned char header[21] = {0};
    unsigned char payload[100] = {0};
    unsigned char tag[4];
    for (int i = 11; ++nonce[i] == 0; i--) {
    }
    return mbedtls_ccm_encrypt_and_tag(context, sizeof payload, nonce, sizeof nonce, header, sizeof header, payload, payload,
                                       tag, sizeof tag);
}

int main(int argc, char **argv)
{
    static char name[64];
    mbedtls_version_get_string_full(name);
    peer_name = name;
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&random_source);
    check(mbedtls_ctr_drbg_seed(&random_source, mbedtls_entropy_func, &entropy, NULL, 0), "seed");
    mbedtls_ssl_cookie_init(&cookies);
    check(mbedtls_ssl_cookie_setup(&cookies, mbedtls_ctr_drbg_random, &random_source), "cookies");
#ifdef MBEDTLS_KEY_EXCHANGE_ECJPAKE_ENABLED
    if (is_wanted(argc, argv, "dtls.ecjpake")) {
        struct suite *suite = new_suite(MBEDTLS_TLS_ECJPAKE_WITH_AES_128_CCM_8);
        suite->passphrase = "J01NME";
        print_figure("dtls.ecjpake", "ms", 1e3, 20, handshake, suite);
    }
#endif
    struct suite *certificates = certificate_suite();
    if (is_wanted(argc, argv, "dtls.ecdsa")) {
        print_figure("dtls.ecdsa", "ms", 1e3, 40, handshake, certificates);
    }
    if (is_wanted(argc, argv, "dtls.ecdhe-psk")) {
        print_figure("dtls.ecdhe-psk", "ms", 1e3, 60, handshake, psk_suite());
    }
    if (is_wanted(argc, argv, "dtls.record")) {
        struct session *session = connect_ends(certificates);
        print_figure("dtls.record", "µs", 1e6, 50000, record, session);
        disconnect(session);
    }
    if (is_wanted(argc, argv, "ccm.frame")) {
        mbedtls_ccm_context ccm;
        mbedtls_ccm_init(&ccm);
        check(mbedtls_ccm_setkey(&ccm, MBEDTLS_CIPHER_ID_AES, psk_key, 128), "key");
        print_figure("ccm.frame", "µs", 1e6, 100000, frame, &ccm);
    }
    return 0;
}
