/*
 * The peer's figures from OpenSSL: DTLS 1.2 handshakes and records with both ends in one process, and AES-CCM.
 * Prints one JSON line a figure; an argument is a prefix of the figures wanted.
 */
#include "figure.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/opensslv.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

static const unsigned char psk_key[16] = {0x53, 0x65, 0x6c, 0x76, 0x61, 0x67, 0x65};

struct contexts {
    SSL_CTX *client;
    SSL_CTX *server;
};

struct session {
    SSL *client;
    SSL *server;
};

/* --- certificates: one authority, one leaf for each end --- */

static X509 *certificate(const char *name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key)
{
    X509 *made = X509_new();
    X509_set_version(made, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
    X509_gmtime_adj(X509_getm_notBefore(made), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made), 86400);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC, (const unsigned char *) name, -1, -1, 0);
    X509_set_issuer_name(made, X509_get_subject_name(issuer != NULL ? issuer : made));
    X509_set_pubkey(made, key);
    if (issuer == NULL) {
        X509_EXTENSION *authority = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");
        X509_add_ext(made, authority, -1);
        X509_EXTENSION_free(authority);
    }
    X509_sign(made, issuer_key, EVP_sha256());
    return made;
}

static void give_certificate(SSL_CTX *context, const char *name, X509 *authority, EVP_PKEY *authority_key)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    SSL_CTX_use_certificate(context, certificate(name, key, authority, authority_key));
    SSL_CTX_use_PrivateKey(context, key);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
}

/* --- cookies and keys --- */

static int make_cookie(SSL *ssl, unsigned char *cookie, unsigned int *length)
{
    (void) ssl;
    unsigned char text[] = "one peer, whose address is this process";
    return EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, psk_key, sizeof psk_key, text, sizeof text, cookie, 32,
                     &(size_t){0}) != NULL &&
           (*length = 32);
}

static int check_cookie(SSL *ssl, const unsigned char *cookie, unsigned int length)
{
    unsigned char expected[32];
    unsigned int expected_length;
    return make_cookie(ssl, expected, &expected_length) && length == expected_length &&
           CRYPTO_memcmp(cookie, expected, length) == 0;
}

static unsigned int client_key(SSL *ssl, const char *hint, char *identity, unsigned int identity_size, unsigned char *key,
                               unsigned int key_size)
{
    (void) ssl, (void) hint, (void) key_size;
    snprintf(identity, identity_size, "device");
    memcpy(key, psk_key, sizeof psk_key);
    return sizeof psk_key;
}

static unsigned int server_key(SSL *ssl, const char *identity, unsigned char *key, unsigned int key_size)
{
    (void) ssl, (void) identity, (void) key_size;
    memcpy(key, psk_key, sizeof psk_key);
    return sizeof psk_key;
}

/* --- contexts --- */

static SSL_CTX *context(const SSL_METHOD *method, const char *suites)
{
    SSL_CTX *made = SSL_CTX_new(method);
    SSL_CTX_set_min_proto_version(made, DTLS1_2_VERSION);
    SSL_CTX_set_cipher_list(made, suites);
    SSL_CTX_set1_groups_list(made, "P-256");
    SSL_CTX_set_mode(made, SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(made, SSL_OP_NO_TICKET | SSL_OP_NO_QUERY_MTU);
    return made;
}

static struct contexts context_pair(const char *suites)
{
    struct contexts made = {context(DTLS_client_method(), suites), context(DTLS_server_method(), suites)};
    SSL_CTX_set_options(made.server, SSL_OP_COOKIE_EXCHANGE);
    SSL_CTX_set_cookie_generate_cb(made.server, make_cookie);
    SSL_CTX_set_cookie_verify_cb(made.server, check_cookie);
    return made;
}

static struct contexts certificate_contexts(void)
{
    /* Level 0 admits the 8-byte tag. */
    struct contexts made = context_pair("ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0");
    EVP_PKEY *authority_key = EVP_EC_gen("P-256");
    X509 *authority = certificate("authority", authority_key, NULL, authority_key);
    give_certificate(made.client, "client", authority, authority_key);
    give_certificate(made.server, "server", authority, authority_key);
    return made;
}

static struct contexts psk_contexts(void)
{
    struct contexts made = context_pair("ECDHE-PSK-AES128-CBC-SHA256:@SECLEVEL=0");
    SSL_CTX_set_psk_client_callback(made.client, client_key);
    SSL_CTX_set_psk_server_callback(made.server, server_key);
    return made;
}

/* --- sessions --- */

static SSL *end(SSL_CTX *context, BIO *in, BIO *out)
{
    SSL *made = SSL_new(context);
    BIO_up_ref(in);
    BIO_up_ref(out);
    SSL_set_bio(made, in, out);
    SSL_set_mtu(made, 1200);
    return made;
}

static struct session connect_ends(const struct contexts *contexts)
{
    BIO *to_server = BIO_new(BIO_s_mem());
    BIO *to_client = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(to_server, -1);
    BIO_set_mem_eof_return(to_client, -1);
    struct session made = {end(contexts->client, to_client, to_server), end(contexts->server, to_server, to_client)};
    BIO_free(to_server);
    BIO_free(to_client);
    SSL_set_connect_state(made.client);
    SSL_set_accept_state(made.server);
    for (int turn = 0; turn < 20 && !(SSL_is_init_finished(made.client) && SSL_is_init_finished(made.server)); turn++) {
        SSL_do_handshake(made.client);
        SSL_do_handshake(made.server);
    }
    return made;
}

static void disconnect(struct session *session)
{
    SSL_free(session->client);
    SSL_free(session->server);
}

static int handshake(void *contexts)
{
    struct session session = connect_ends(contexts);
    int finished = SSL_is_init_finished(session.client) && SSL_is_init_finished(session.server);
    if (!finished) {
        ERR_print_errors_fp(stderr);
    }
    disconnect(&session);
    return !finished;
}

static int record(void *session)
{
    struct session *ends = session;
    unsigned char sent[100] = {0};
    unsigned char received[200];
    return SSL_write(ends->client, sent, sizeof sent) != sizeof sent ||
           SSL_read(ends->server, received, sizeof received) != sizeof sent;
}

/* AES-CCM as an IEEE 802.15.4 frame uses it: 21 bytes of header, 100 of payload, a nonce of 13 and a tag of 4 bytes. */
static int frame(void *context)
{
    static unsigned char nonce[13];
    unsigned char header[21] = {0};
    unsigned char payload[100] = {0};
    unsigned char tag[4];
    int length;
    for (int i = 11; ++nonce[i] == 0; i--) {
    }
    return !(EVP_EncryptInit_ex2(context, NULL, NULL, nonce, NULL) &&
             EVP_EncryptUpdate(context, NULL, &length, NULL, sizeof payload) &&
             EVP_EncryptUpdate(context, NULL, &length, header, sizeof header) &&
             EVP_EncryptUpdate(context, payload, &length, payload, sizeof payload) &&
             EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, sizeof tag, tag));
}

static EVP_CIPHER_CTX *frame_context(void)
{
    EVP_CIPHER_CTX *made = EVP_CIPHER_CTX_new();
    EVP_EncryptInit_ex2(made, EVP_aes_128_ccm(), NULL, NULL, NULL);
    EVP_CIPHER_CTX_ctrl(made, EVP_CTRL_AEAD_SET_IVLEN, 13, NULL);
    EVP_CIPHER_CTX_ctrl(made, EVP_CTRL_AEAD_SET_TAG, 4, NULL);
    EVP_EncryptInit_ex2(made, NULL, psk_key, NULL, NULL);
    return made;
}

int main(int argc, char **argv)
{
    static char name[64];
    snprintf(name, sizeof name, "OpenSSL %s", OpenSSL_version(OPENSSL_VERSION_STRING));
    peer_name = name;
    struct contexts certificates = certificate_contexts();
    struct contexts psk = psk_contexts();
    if (is_wanted(argc, argv, "dtls.ecdsa")) {
        print_figure("dtls.ecdsa", "ms", 1e3, 100, handshake, &certificates);
    }
    if (is_wanted(argc, argv, "dtls.ecdhe-psk")) {
        print_figure("dtls.ecdhe-psk", "ms", 1e3, 200, handshake, &psk);
    }
    if (is_wanted(argc, argv, "dtls.record")) {
        struct session session = connect_ends(&certificates);
        print_figure("dtls.record", "µs", 1e6, 50000, record, &session);
        disconnect(&session);
    }
    if (is_wanted(argc, argv, "ccm.frame")) {
        print_figure("ccm.frame", "µs", 1e6, 100000, frame, frame_context());
    }
    return 0;
}
