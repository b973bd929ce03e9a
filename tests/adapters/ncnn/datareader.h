/*
 * datareader.h - stands in for ncnn's header of that name, for the test of weightless/ncnn.hpp on machines without ncnn: the one
 * class of it that the adapter derives from, with the functions of ncnn that it could override.
 */
#ifndef DATAREADER_H
#define DATAREADER_H

#include <cstddef>

namespace ncnn {

class DataReader {
public:
    virtual ~DataReader() = default;
    virtual int scan(const char *, void *) const { return 0; }
    virtual std::size_t read(void *, std::size_t) const { return 0; }
    virtual std::size_t reference(std::size_t, const void **) const { return 0; }
};

} // namespace ncnn

#endif
