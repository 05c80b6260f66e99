#pragma once
// The low-level SHA-256 calls are several times quicker on short input than EVP, and that is
// what a Merkle tree hashes; the version pinned here still declares them without a warning.
#define OPENSSL_API_COMPAT 0x10100000L
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/sha.h>
