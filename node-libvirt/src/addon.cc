#include <libvirt/libvirt.h>
#include <napi.h>

#include "connection.h"
#include "domain.h"
#include "env_data.h"
#include "network.h"
#include "nwfilter.h"
#include "nwfilter_binding.h"
#include "storage_pool.h"
#include "storage_vol.h"

#if !LIBVIR_CHECK_VERSION(9, 0, 0)
#error "node-libvirt needs the headers of libvirt 9.0 or newer"
#endif

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  lv::EnvData::Install(env);
  lv::Connection::Init(env, exports);
  lv::Domain::Init(env, exports);
  lv::NWFilter::Init(env, exports);
  lv::NWFilterBinding::Init(env, exports);
  lv::Network::Init(env, exports);
  lv::StoragePool::Init(env, exports);
  lv::StorageVol::Init(env, exports);
  return exports;
}

NODE_API_MODULE(node_libvirt, Init)
