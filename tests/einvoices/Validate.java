import java.io.*;
import java.nio.file.*;
import java.util.*;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.*;
import net.sf.saxon.s9api.*;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.*;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.*;

/**
 * What validators say of the e-invoices of a folder: `Validate <unpacked jars> <folder>`. A line for each error, a line
 * `checked <file>` for each file that was looked at: *.ubl.xml, *.cii.xml, *.pdf.
 */
public class Validate {
    static final String UBL = "external/schemas/ubl21/maindoc/UBL-%s-2.1.xsd";
    static final String CII = "external/schemas/d16b/data/standard/CrossIndustryInvoice_100pD16B.xsd";

    public static void main(String[] args) throws Exception {
        Path unpacked = Path.of(args[0]);
        Processor saxon = new Processor(false);
        Map<String, XsltExecutable> rules = new LinkedHashMap<>();
        Map<String, Schema> schemas = new HashMap<>();
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of(args[1]))) {
            for (Path file : found) files.add(file);
        }
        Collections.sort(files);
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (name.endsWith(".pdf")) {
                checkPdf(file);
            } else if (name.endsWith(".ubl.xml")) {
                String kind = Files.readString(file).contains("<CreditNote ") ? "CreditNote" : "Invoice";
                checkSchema(schemas, file, unpacked.resolve("ccts.xsd"), unpacked.resolve(String.format(UBL, kind)));
                for (String sheet : new String[] {"en16931-ubl.xslt", "peppol-ubl.xslt"}) checkRules(saxon, rules, unpacked.resolve(sheet), file);
            } else if (name.endsWith(".cii.xml")) {
                checkSchema(schemas, file, unpacked.resolve(CII));
                checkRules(saxon, rules, unpacked.resolve("en16931-cii.xslt"), file);
            } else {
                continue;
            }
            System.out.println("checked " + name);
        }
    }

    static void checkSchema(Map<String, Schema> schemas, Path file, Path... parts) throws Exception {
        String name = Arrays.toString(parts);
        if (!schemas.containsKey(name)) {
            SchemaFactory factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
            StreamSource[] sources = Arrays.stream(parts).map(part -> new StreamSource(part.toFile())).toArray(StreamSource[]::new);
            schemas.put(name, factory.newSchema(sources));
        }
        try {
            schemas.get(name).newValidator().validate(new StreamSource(file.toFile()));
        } catch (org.xml.sax.SAXException error) {
            System.out.println("error " + file.getFileName() + " schema " + error.getMessage().replace('\n', ' '));
        }
    }

    static void checkRules(Processor saxon, Map<String, XsltExecutable> rules, Path sheet, Path file) throws Exception {
        if (!rules.containsKey(sheet.toString())) rules.put(sheet.toString(), saxon.newXsltCompiler().compile(new StreamSource(sheet.toFile())));
        Xslt30Transformer transformer = rules.get(sheet.toString()).load30();
        XdmDestination result = new XdmDestination();
        transformer.transform(new StreamSource(file.toFile()), result);
        XPathCompiler xpath = saxon.newXPathCompiler();
        xpath.declareNamespace("svrl", "http://purl.oclc.org/dsdl/svrl");
        for (XdmItem item : xpath.evaluate("//svrl:failed-assert", result.getXdmNode())) {
            XdmNode failed = (XdmNode) item;
            System.out.println("error " + file.getFileName() + " " + failed.getAttributeValue(new QName("id")) + " "
                + failed.getAttributeValue(new QName("flag")) + " " + failed.getStringValue().strip().replaceAll("\\s+", " "));
        }
    }

    static void checkPdf(Path file) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        try (InputStream in = Files.newInputStream(file);
                PDFAParser parser = Foundries.defaultInstance().createParser(in, PDFAFlavour.PDFA_3_B)) {
            ValidationResult result = Foundries.defaultInstance().createValidator(PDFAFlavour.PDFA_3_B, false).validate(parser);
            Set<String> said = new TreeSet<>();
            for (TestAssertion one : result.getTestAssertions()) {
                if (one.getStatus() == TestAssertion.Status.FAILED)
                    said.add("error " + file.getFileName() + " " + one.getRuleId().getClause() + " " + one.getMessage().replaceAll("\\s+", " "));
            }
            said.forEach(System.out::println);
            if (!result.isCompliant() && said.isEmpty()) System.out.println("error " + file.getFileName() + " not compliant");
        }
    }
}
