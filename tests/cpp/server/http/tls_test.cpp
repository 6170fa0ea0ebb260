// The curl client against a TLS server whose certificate is made for the test.
#include "catch.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "event_loop.h"
#include "server/upstream/curl_client.h"

namespace plinto::polar::server {
namespace {

using testing::RunOn;
using testing::tcp;
using namespace std::chrono_literals;

/// Serves one connection: `ok` to any request that gets through the handshake.
class TlsServer {
 public:
  explicit TlsServer(const std::string& subject_alternative_name)
      : acceptor_(loop_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
        key_(EVP_EC_gen("P-256"), EVP_PKEY_free),
        certificate_(X509_new(), X509_free),
        context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
    std::signal(SIGPIPE, SIG_IGN);  // A client that refuses us is gone before our last write.
    MakeCertificate(subject_alternative_name);
    SSL_CTX_use_certificate(context_.get(), certificate_.get());
    SSL_CTX_use_PrivateKey(context_.get(), key_.get());
    thread_ = std::thread([this] { ServeOne(); });
  }
  ~TlsServer() {
    thread_.join();
    std::filesystem::remove(certificate_file_);
  }

  [[nodiscard]] std::string url() {
    return "https://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/";
  }
  /// The certificate, as a file that a client may trust.
  [[nodiscard]] const std::string& certificate_file() const { return certificate_file_; }

 private:
  void MakeCertificate(const std::string& subject_alternative_name) {
    X509* const x509 = certificate_.get();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -60);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3'600);
    X509_set_pubkey(x509, key_.get());
    X509_NAME* const name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(x509, name);
    X509_EXTENSION* const names =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, subject_alternative_name.c_str());
    X509_add_ext(x509, names, -1);
    X509_EXTENSION_free(names);
    X509_sign(x509, key_.get(), EVP_sha256());
    std::string path = std::filesystem::temp_directory_path() / "plinto-polar-tls-XXXXXX";
    FILE* const file = fdopen(mkstemp(path.data()), "w");
    PEM_write_X509(file, x509);
    std::fclose(file);
    certificate_file_ = path;
  }

  void ServeOne() {
    tcp::socket socket = acceptor_.accept();
    const std::unique_ptr<SSL, void (*)(SSL*)> tls(SSL_new(context_.get()), SSL_free);
    SSL_set_fd(tls.get(), socket.native_handle());
    if (SSL_accept(tls.get()) != 1) return;
    std::string request;
    char part[4'096];
    while (!request.ends_with("secret")) {
      const int size = SSL_read(tls.get(), part, sizeof part);
      if (size <= 0) return;
      request.append(part, static_cast<std::size_t>(size));
    }
    constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    SSL_write(tls.get(), kAnswer.data(), static_cast<int>(kAnswer.size()));
    SSL_shutdown(tls.get());
  }

  boost::asio::io_context loop_;
  tcp::acceptor acceptor_;
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
  std::unique_ptr<X509, void (*)(X509*)> certificate_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::string certificate_file_;
  std::thread thread_;
};

bool Answered(const std::string& url, CurlConfig config) {
  boost::asio::io_context loop;
  CurlClient client(loop.get_executor(), std::move(config));
  HttpOutcome outcome;
  RunOn(loop, [&]() -> Task<void> {
    HttpRequest request{.method = "POST", .url = url, .body = "secret"};
    outcome = co_await client.Send(std::move(request), 5s);
  }());
  client.Stop();
  const auto* response = std::get_if<HttpResponse>(&outcome);
  if (response == nullptr) CHECK(std::get<TransportFault>(outcome) == TransportFault::kNetwork);
  return response != nullptr && response->body == "ok";
}

}  // namespace

TEST_CASE("a server whose certificate is trusted is talked to") {
  TlsServer server("IP:127.0.0.1");

  CHECK(Answered(server.url(), {.ca_file = server.certificate_file()}));
}

TEST_CASE("a certificate that nobody trusted vouches for is refused") {
  TlsServer server("IP:127.0.0.1");

  CHECK_FALSE(Answered(server.url(), {}));
}

TEST_CASE("a certificate for another host is refused") {
  TlsServer server("DNS:api.polar.sh");

  CHECK_FALSE(Answered(server.url(), {.ca_file = server.certificate_file()}));
}

}  // namespace plinto::polar::server
