#pragma once
/// One iconv conversion as a value: closed with its scope, used by one thread.
#include <iconv.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace ferry::intake {

class Charset {
public:
    /// `from` is a name that iconv knows; all that are used here are part of the C library, so an
    /// unknown one is a programmer error.
    explicit Charset(const char* from, const char* to = "UTF-8");
    ~Charset();
    Charset(const Charset&) = delete;
    Charset& operator=(const Charset&) = delete;

    /// Appends what could be converted from the start of `bytes` to `out`, stops at the first
    /// byte that is no character, and answers how many bytes were taken.
    std::size_t convert(std::string_view bytes, std::string& out);

private:
    iconv_t state_;
};

}  // namespace ferry::intake
